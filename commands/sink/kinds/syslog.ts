import type { StateOf } from '../../../domain/kernel/model.js';
import type { syslogSink } from '../../../domain/sink/syslog/model.js';
import { syslogFrame, syslogMessage } from '../../../domain/sink/syslog/message.js';
import { OutboundFailure, type OutboundSocket } from '../../sink-ports.js';
import { delivered, failed, type OpenEndpoint, type SinkBatch, type SinkOutcome } from '../endpoint.js';

type Values = StateOf<(typeof syslogSink)['fields']>;

const explain = (error: unknown): SinkOutcome => {
  if (error instanceof OutboundFailure) return failed(`The connection failed: ${error.message}.`);
  throw error;
};

/**
 * Sends syslog messages. Nobody acknowledges them: they count as delivered when the system has taken them, and what was
 * sent shortly before a connection ended is sent again on the next one.
 */
export const openSyslog: OpenEndpoint<Values> = ({ ways, identity }, { values }) => {
  const target = { host: values.host, port: values.port };
  let socket: OutboundSocket | null = null;

  const messages = ({ records }: SinkBatch): readonly string[] =>
    records.map((record) => syslogMessage(record, values));

  const connect = async (signal: AbortSignal): Promise<'same' | 'new' | SinkOutcome> => {
    if (values.transport === 'udp' || (socket && !socket.ended.aborted)) return 'same';
    try {
      socket = await ways.sockets.connect(
        {
          ...target,
          transport: values.transport,
          certificateAuthority: values.certificateAuthority,
          identity: await identity(values.transport === 'tls' ? values.clientCertificate : null),
        },
        signal,
      );
      return 'new';
    } catch (error) {
      return explain(error);
    }
  };

  const send = async (batch: SinkBatch): Promise<void> => {
    if (values.transport === 'udp')
      for (const message of messages(batch)) await ways.sockets.sendDatagram(target, message);
    else {
      if (!socket || socket.ended.aborted) throw new OutboundFailure('it has ended');
      const framing = values.transport === 'tls' ? 'octet_counting' : values.framing;
      await socket.write(
        messages(batch)
          .map((message) => syslogFrame(message, framing))
          .join(''),
      );
    }
  };

  return {
    connect,
    rewindMs: values.rewindSeconds * 1000,
    deliver: async (batch) => {
      try {
        await send(batch);
        return delivered;
      } catch (error) {
        return explain(error);
      }
    },
    close: () => {
      socket?.close();
      socket = null;
      return Promise.resolve();
    },
  };
};
