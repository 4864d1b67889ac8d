import { fieldError } from '../../../domain/kernel/errors.js';
import { positionAt } from '../../../projections/history/query.js';
import type { Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';

const waitMs = 2000;

/** A moment in the past: a time, or a position of the log. */
export interface PointInTime {
  readonly at?: string | null | undefined;
  readonly position?: string | null | undefined;
}

export const createPointInTime = (builder: Builder) =>
  builder.inputType('PointInTime', {
    description: 'A time, or a position as mutations answer it: exactly one of them.',
    fields: (t) => ({ at: t.field({ type: 'DateTime' }), position: t.string() }),
  });

export type PointType = ReturnType<typeof createPointInTime>;

/** Waits until the read model of the past shows what this process has seen of the log. */
export const untilHistory = ({ dependencies: { ports } }: GraphqlContext): Promise<void> =>
  ports.readModels.waitFor(ports.config.position, waitMs, ['history']);

const positionIn = (text: string, storeId: string): bigint => {
  const [store, number] = text.includes('.') ? text.split('.', 2) : [storeId, text];
  if (store !== storeId || number === undefined || !/^\d{1,18}$/.test(number))
    throw fieldError('INVALID_INPUT', 'position', 'This is no position of this log.');
  return BigInt(number);
};

/** The position that a moment stands for. Throws `INVALID_INPUT` unless exactly one of time and position is given. */
export const resolvePoint = async (
  context: GraphqlContext,
  point: PointInTime,
  path: string,
): Promise<bigint> => {
  const { at = null, position = null } = point;
  if ((at === null) === (position === null))
    throw fieldError('INVALID_INPUT', path, 'Give a time or a position.');
  await untilHistory(context);
  return position === null
    ? positionAt(context.dependencies.db, at!)
    : positionIn(position, context.dependencies.ports.store.storeId);
};
