import { z } from 'zod';
import type { Special } from '../kernel/model.js';

export const streamStatuses = ['enabled', 'paused', 'disabled'] as const;
export type StreamStatus = (typeof streamStatuses)[number];

/** Who asked for a change: the receiver through the stream's API, or the product and its administrators. */
export const statusChangers = ['receiver', 'transmitter'] as const;
export type StatusChanger = (typeof statusChangers)[number];

const shape = {
  status: z.enum(streamStatuses),
  reason: z.string().nullable(),
  by: z.enum(statusChangers),
  at: z.iso.datetime(),
};

/** `ssfstream.status.changed`: a stream was paused, disabled, or enabled again. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the state is typed where the model declares its fields
export const statusChanged: Special<any> = {
  version: 1,
  shape,
  apply: (state, { status, reason, by, at }) => ({
    ...state,
    status,
    statusReason: reason,
    statusChangedBy: by,
    statusChangedAt: at,
  }),
};
