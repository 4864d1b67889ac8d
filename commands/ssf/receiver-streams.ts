import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import type { Model } from '../../domain/kernel/model.js';
import { anybody } from '../../domain/kernel/rights.js';
import { ssfStream } from '../../domain/ssf/model.js';
import type { Stream } from '../../domain/ssf/stream.js';
import { defineCommand } from '../command.js';
import { changeModelCommand } from '../model/change-model.js';
import { createModelCommand } from '../model/create-model.js';
import { deleteModelCommand } from '../model/delete-model.js';
import type { Client } from '../oauth2/client.js';
import type { Ports } from '../ports.js';
import { loadStream } from './load-stream.js';

/** More than one for different kinds of events; a receiver that makes a new one at each start meets this end. */
const maxStreams = 10;

const model = ssfStream as unknown as Model;
const access = anybody('the access token of the receiver is the credential');
const receiver = z.custom<Client>(() => true);
const values = z.record(z.string(), z.unknown());

/** Streams of one receiver, oldest first. */
export const streamsOf = (config: Ports['config'], client: Client): readonly Stream[] =>
  config
    .all(ssfStream)
    .filter((stream) => stream.values.provider === client.provider.id)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());

/** A receiver makes a stream of its own. Appends `ssfstream.created`. Throws `INVALID_INPUT`, `ALREADY_EXISTS` beyond ten. */
export const createReceiverStreamCommand = defineCommand({
  name: 'createReceiverStream',
  input: z.strictObject({ receiver, values }),
  access,
  run: (unit, input) => {
    if (streamsOf(unit.ports.config, input.receiver).length >= maxStreams)
      throw new DomainError('ALREADY_EXISTS', {
        message: 'The receiver has as many streams as it may have.',
      });
    const { provider } = input.receiver;
    return createModelCommand(model).run(unit, { values: { ...input.values, provider: provider.id } });
  },
});

/** A receiver changes a stream of its own. Appends `ssfstream.changed`. Throws `NOT_FOUND`, `INVALID_INPUT`. */
export const changeReceiverStreamCommand = defineCommand({
  name: 'changeReceiverStream',
  input: z.strictObject({ id: id('ssf_stream'), receiver, values }),
  access,
  run: async (unit, input) => {
    await loadStream(unit, input.id, input.receiver);
    return changeModelCommand(model).run(unit, { id: input.id, values: input.values });
  },
});

/** A receiver deletes a stream of its own. Appends `ssfstream.deleted`. Throws `NOT_FOUND`. */
export const deleteReceiverStreamCommand = defineCommand({
  name: 'deleteReceiverStream',
  input: z.strictObject({ id: id('ssf_stream'), receiver }),
  access,
  run: async (unit, input) => {
    await loadStream(unit, input.id, input.receiver);
    return deleteModelCommand(model).run(unit, { id: input.id });
  },
});
