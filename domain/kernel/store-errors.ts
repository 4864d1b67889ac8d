/** The stream stands elsewhere than the command expected. Retried around pure decisions. */
export class WrongVersion extends Error {
  readonly stream: string;

  constructor(stream: string) {
    super(`stream ${stream} has moved`);
    this.name = 'WrongVersion';
    this.stream = stream;
  }
}

/** Another stream holds the value already. */
export class ClaimTaken extends Error {
  readonly kind: string;

  constructor(kind: string) {
    super(`claim of kind ${kind} is taken`);
    this.name = 'ClaimTaken';
    this.kind = kind;
  }
}

/** A batch, event or stream name is above the limits of the port. */
export class TooLarge extends Error {
  constructor(what: string) {
    super(`${what} is above the limit of the event store`);
    this.name = 'TooLarge';
  }
}

/** The connection broke between sending and answer: the events may or may not be stored. Retry with the same ids. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('the outcome of the append is unknown', { cause });
    this.name = 'OutcomeUnknown';
  }
}

/** The store takes no commands at the moment. A caller repeats the command under its id when it must know whether it was stored. */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('the event store is not available', { cause });
    this.name = 'StoreUnavailable';
  }
}

/** Codes of Postgres that say: it works, but cannot do this now. Memory, connections, time, the disk. */
const overloadedCodes = /^(53...|57014|58030)$/;

const diskFull = '53100';

/** Whether the server is there and lacks what it takes to answer. What it was asked has not happened. */
export const isOverloaded = (error: unknown): boolean => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && overloadedCodes.test(code);
};

/** Whether an error, or what caused it, says that there is no space left to store anything. */
export const isStorageFull = (error: unknown): boolean => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return code === diskFull || (cause !== undefined && isStorageFull(cause));
};

/** Codes of Postgres and of sockets that say: the server is gone, going, or not there yet. */
const connectionCodes = new Set([
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const connectionTexts =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/;

/** Whether an error means that a connection is gone or silent, so that the outcome of what was in flight is unknown. */
export const isConnectionFailure = (error: unknown): boolean => {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && connectionCodes.has(code)) return true;
  return typeof message === 'string' && connectionTexts.test(message);
};
