import type { StateOf } from '../../../domain/kernel/model.js';
import type { kafkaSink } from '../../../domain/sink/kafka/model.js';
import { OutboundFailure, type KafkaProducer } from '../../sink-ports.js';
import { delivered, failed, type OpenEndpoint } from '../endpoint.js';

type Values = StateOf<(typeof kafkaSink)['fields']>;

/** Produces to a topic; a batch is delivered when all replicas that count have it. */
export const openKafka: OpenEndpoint<Values> = ({ ways, reveal }, { values }) => {
  let producer: KafkaProducer | null = null;
  return {
    deliver: async ({ records }) => {
      try {
        producer ??= await ways.openKafka({
          brokers: values.brokers,
          tls: values.tls,
          username: values.username,
          password: await reveal(values.password),
        });
        await producer.produce(
          values.topic,
          records.map(({ key, line, entryId, action, occurredAt }) => ({
            key,
            value: line,
            headers: {
              'content-type': 'application/json',
              ce_specversion: '1.0',
              ce_id: entryId,
              ce_type: `muniment.${action}`,
              ce_time: occurredAt,
            },
          })),
        );
        return delivered;
      } catch (error) {
        if (error instanceof OutboundFailure) return failed(error.message);
        throw error;
      }
    },
    close: async () => {
      await producer?.close();
      producer = null;
    },
  };
};
