import { z } from 'zod';
import type { Special } from '../kernel/model.js';

/** Requests that a sink remembers: each is under way within moments, and what became of it is told elsewhere. */
const keptRequests = 50;

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-member-access -- the state is typed where the family declares its fields */
type AnySpecial = Special<any>;

const to = (state: string, shape: z.ZodRawShape, reasonField?: string): AnySpecial => ({
  version: 1,
  shape,
  apply: (values: any, data: Readonly<Record<string, unknown>>) => ({
    ...values,
    state,
    stateReason: reasonField === undefined ? null : (data[reasonField] ?? null),
  }),
});

const request = (
  shape: z.ZodRawShape,
  made: (data: Readonly<Record<string, unknown>>) => unknown,
): AnySpecial => ({
  version: 1,
  shape,
  apply: (values: any, data: Readonly<Record<string, unknown>>) => ({
    ...values,
    requests: [...(values.requests as readonly unknown[]), made(data)].slice(-keptRequests),
  }),
});

const deadLetter = { requestId: z.uuid(), entryId: z.uuid(), position: z.string() };

/**
 * What happens to a sink beside its settings. `failing`: the receiver has not taken anything for a day, the sink goes on
 * trying. `disabled`: the receiver said that it is gone for good.
 */
export const sinkStateEvents: Readonly<Record<string, AnySpecial>> = {
  'sink.paused': to('paused', {}),
  'sink.resumed': to('active', {}),
  'sink.failing': to('failing', { since: z.iso.datetime(), failure: z.string() }, 'failure'),
  'sink.recovered': to('active', {}),
  'sink.disabled': to('disabled', { failure: z.string() }, 'failure'),
  'sink.replay.requested': request(
    { requestId: z.uuid(), after: z.string(), until: z.string(), label: z.string() },
    ({ requestId, after, until, label }) => ({
      id: requestId,
      kind: 'replay',
      after,
      until,
      label,
      entryId: null,
    }),
  ),
  'sink.dead_letter.retried': request(deadLetter, ({ requestId, entryId, position }) => ({
    id: requestId,
    kind: 'retry',
    after: String(BigInt(position as string) - 1n),
    until: position,
    label: 'retry',
    entryId,
  })),
  'sink.dead_letter.skipped': request(deadLetter, ({ requestId, entryId, position }) => ({
    id: requestId,
    kind: 'skip',
    after: position,
    until: position,
    label: 'skip',
    entryId,
  })),
};
