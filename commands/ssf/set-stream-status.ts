import { z } from 'zod';
import { id } from '../../domain/kernel/ids.js';
import { anybody, permission } from '../../domain/kernel/rights.js';
import { changeStatus } from '../../domain/ssf/change-status.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { streamStatuses } from '../../domain/ssf/status-changed.js';
import { defineCommand } from '../command.js';
import type { Client } from '../oauth2/client.js';
import { loadStream } from './load-stream.js';

const change = {
  id: id('ssf_stream'),
  status: z.enum(streamStatuses),
  reason: z.string().trim().min(1).max(200).nullable().default(null),
};

/**
 * Pauses a stream, disables it or enables it again, and tells the receiver so. Permission `change_ssf_stream`. Appends
 * `ssfstream.status.changed`, or nothing. Throws `NOT_FOUND`.
 */
export const setSsfStreamStatusCommand = defineCommand({
  name: 'setSsfStreamStatus',
  input: z.strictObject(change),
  access: permission('change_ssf_stream'),
  run: async (unit, { id: streamId, ...asked }) => {
    const state = await loadStream(unit, streamId);
    unit.append(ssfStream.category, streamId, changeStatus(state, { ...asked, by: 'transmitter' }, unit.now));
    return { id: streamId };
  },
});

/** The same at the wish of the receiver, who knows it then. Throws `NOT_FOUND` for the stream of somebody else. */
export const requestStreamStatusCommand = defineCommand({
  name: 'requestStreamStatus',
  input: z.strictObject({ ...change, receiver: z.custom<Client>(() => true) }),
  access: anybody('the access token of the receiver is the credential'),
  run: async (unit, { id: streamId, receiver, ...asked }) => {
    const state = await loadStream(unit, streamId, receiver);
    unit.append(ssfStream.category, streamId, changeStatus(state, { ...asked, by: 'receiver' }, unit.now));
    return { id: streamId };
  },
});
