import { z } from 'zod';
import { durationMs } from '../../domain/kernel/duration.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { id, type Id } from '../../domain/kernel/ids.js';
import { anybody, permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import type { Client } from '../oauth2/client.js';
import { visitorSubject, type UnitOfWork } from '../unit-of-work.js';
import { loadStream } from './load-stream.js';

const stateMax = 1000;

const record = (unit: UnitOfWork, streamId: Id<'ssf_stream'>, state: string | null): void => {
  unit.record({
    type: 'activity.signal.requested',
    data: { streamId, subject: visitorSubject(unit.now), state },
  });
};

/** Sends a verification event to see whether a stream works. Permission `verify_ssf_stream`. Appends `activity.signal.requested`. Throws `NOT_FOUND`. */
export const verifySsfStreamCommand = defineCommand({
  name: 'verifySsfStream',
  input: z.strictObject({ id: id('ssf_stream') }),
  access: permission('verify_ssf_stream'),
  run: async (unit, { id: streamId }) => {
    await loadStream(unit, streamId);
    record(unit, streamId, null);
    return { id: streamId };
  },
});

/**
 * A receiver asks for a verification event that brings back what it gives. Appends `activity.signal.requested`. Throws
 * `NOT_FOUND`, `RATE_LIMITED` before the stream's interval is over.
 */
export const requestVerificationCommand = defineCommand({
  name: 'requestVerification',
  input: z.strictObject({
    id: id('ssf_stream'),
    receiver: z.custom<Client>(() => true),
    state: z.string().max(stateMax).nullable(),
  }),
  access: anybody('the access token of the receiver is the credential'),
  run: async (unit, { id: streamId, receiver, state }) => {
    const { minVerificationInterval } = await loadStream(unit, streamId, receiver);
    const windowMs = durationMs(minVerificationInterval);
    if (windowMs > 0) {
      const [count = 0] = await unit.ports.counters.increment([{ key: `ssf-verify:${streamId}`, windowMs }]);
      if (count > 1) throw new DomainError('RATE_LIMITED');
    }
    record(unit, streamId, state);
  },
});
