import { OutboundFailure, type OpenKafka } from '../../commands/sink-ports.js';

const packageName = '@platformatic/kafka';

interface Client {
  send(request: unknown): Promise<unknown>;
  close(): Promise<void>;
}
interface KafkaPackage {
  readonly Producer: new (options: unknown) => Client;
  readonly stringSerializers: unknown;
  readonly ProduceAcks?: { readonly ALL: number };
}

/** The client is optional: most sites have no cluster, and it is heavy. */
const load = async (): Promise<KafkaPackage> => {
  try {
    return (await import(packageName)) as KafkaPackage;
  } catch {
    throw new OutboundFailure(`Kafka needs the package ${packageName}, which is not installed.`);
  }
};

/** Idempotent producers that wait for all replicas. */
export const openKafkaProducer =
  (isOpen: (host: string, port: number) => boolean): OpenKafka =>
  async ({ brokers, tls, username, password }) => {
    const closed = brokers.find((broker) => {
      const at = broker.lastIndexOf(':');
      return !isOpen(broker.slice(0, at), Number(broker.slice(at + 1)));
    });
    if (closed !== undefined)
      throw new OutboundFailure(
        'The brokers of Kafka are no open targets: the operator names each in MUNIMENT_OUTBOUND_ALLOW.',
      );
    const { Producer, stringSerializers, ProduceAcks } = await load();
    const producer = new Producer({
      clientId: 'muniment',
      bootstrapBrokers: [...brokers],
      serializers: stringSerializers,
      idempotent: true,
      acks: ProduceAcks?.ALL ?? -1,
      ...(tls ? { tls: {} } : {}),
      ...(username === null ? {} : { sasl: { mechanism: 'SCRAM-SHA-512', username, password } }),
    });
    return {
      produce: async (topic, messages) => {
        try {
          await producer.send({ messages: messages.map((message) => ({ topic, ...message })) });
        } catch {
          throw new OutboundFailure('The cluster has not taken the messages.');
        }
      },
      close: () => producer.close(),
    };
  };
