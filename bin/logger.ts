import { pino, type Logger } from 'pino';

/** Structured lines on stderr; stdout is for what a person needs. Known secret fields are removed wherever they stand. */
export const createLogger = (level: string): Logger =>
  pino(
    {
      level,
      base: null,
      redact: {
        paths: [
          'password',
          'token',
          'key',
          'secret',
          'authorization',
          'cookie',
          '*.password',
          '*.token',
          '*.key',
          '*.secret',
          'headers',
          'req.headers',
        ],
        censor: '********',
      },
      serializers: { err: serializeError },
    },
    pino.destination({ fd: 2, sync: true }),
  );

/** Name, code and stack of an error. Details of the database may quote values and stay out. */
const serializeError = (error: unknown): object => {
  if (!(error instanceof Error)) return { message: 'thrown value is no error' };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause instanceof Error ? { cause: serializeError(error.cause) } : {}),
  };
};
