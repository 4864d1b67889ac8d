import { EventStoreDBClient } from '@eventstore/db-client';

/** Parts of the client that its types hide, and that have to be mended. */
interface Internals {
  handleError: (client: unknown, error: Error) => Promise<void>;
  GRPCStreamCreator: (
    type: unknown,
    name: string,
    creator: (grpc: object) => unknown,
    cache?: unknown,
  ) => unknown;
  getChannel: () => Promise<{ close: () => void }>;
}

type Listener = (message: unknown) => void;
interface BatchStream {
  on: (event: string, listener: Listener) => BatchStream;
}

/** An answer that nobody waits for any more throws inside the client, out of everybody's reach: it is ignored. */
const forgiving = (stream: BatchStream): BatchStream => {
  const on = stream.on.bind(stream);
  stream.on = (event, listener) =>
    on(
      event,
      event !== 'data'
        ? listener
        : (message) => {
            try {
              listener(message);
            } catch {
              // The append it answers has been given up or answered before.
            }
          },
    );
  return stream;
};

const withForgivingBatches = (grpc: object): object =>
  new Proxy(grpc, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args);
        return name === 'batchAppend' ? forgiving(result as BatchStream) : result;
      };
    },
  });

/** A client whose known defects cannot end the process (@eventstore/db-client 6.2.1). */
export const createClient = (url: string): EventStoreDBClient => {
  const client = EventStoreDBClient.connectionString(url);
  const internals = client as unknown as Internals;
  const create = internals.GRPCStreamCreator;
  internals.GRPCStreamCreator = (type, name, creator, cache) =>
    create(type, name, (grpc) => creator(withForgivingBatches(grpc)), cache);
  // Nobody awaits it, so that a failed discovery in the middle of it would be an unhandled rejection.
  const handle = internals.handleError;
  internals.handleError = (grpc, error) => handle(grpc, error).catch(() => undefined);
  return client;
};

/** Ends everything that a client has under way, and its connection. */
export const discardClient = async (client: EventStoreDBClient): Promise<void> => {
  const channel = (client as unknown as Internals).getChannel().catch(() => null);
  await client.dispose().catch(() => undefined);
  (await channel)?.close();
};
