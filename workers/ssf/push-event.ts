import { z } from 'zod';
import type { Delivery, OutboundAnswer } from '../../commands/delivery-ports.js';
import { explainAnswer } from '../../commands/notification/send-webhook.js';
import { execute } from '../../commands/pipeline.js';
import type { Ports } from '../../commands/ports.js';
import { securityEventToken } from '../../commands/ssf/security-event-token.js';
import { setSsfStreamStatusCommand } from '../../commands/ssf/set-stream-status.js';
import { systemContext } from '../../commands/system-context.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { streamOfLane, type Stream } from '../../domain/ssf/stream.js';
import type { DeliveryOutcome } from '../outbox/start-delivering.js';

export const ssfJob = 'shared signals';

const answerLimit = 4096;
const configMs = 5000;
const taken = new Set([200, 202, 204]);

/** Errors of RFC 8935, 2.4: of this event, or of the stream as a whole. */
const ofStream = [
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
];
const ofEvent = ['invalid_request', 'invalid_state'];

const problem = z.object({ err: z.string() });

/** The error that a receiver names; null when it names none that the protocol knows. */
const errorOf = (answer: OutboundAnswer): string | null => {
  if (answer.outcome !== 'answered' || answer.status !== 400 || answer.text === undefined) return null;
  try {
    const { err } = problem.parse(JSON.parse(answer.text));
    return [...ofStream, ...ofEvent].find((known) => known === err) ?? null;
  } catch {
    return null;
  }
};

const authorizationOf = async (ports: Ports, { values }: Stream): Promise<Record<string, string>> => {
  const reference = values.authorizationHeader;
  if (reference === null) return {};
  const entry = await ports.store.readVault(reference.ref, reference.version);
  return entry ? { authorization: ports.sealer.openSecret(entry).reveal() } : {};
};

/** Nothing more gets through before somebody looks at the stream: it holds what it has. */
const pause = async (ports: Ports, streamId: string, error: string): Promise<void> => {
  await execute(
    ports,
    setSsfStreamStatusCommand,
    { id: streamId, status: 'paused', reason: `The receiver answered ${error}.` },
    systemContext(ports, ssfJob),
  );
};

/** Pushes one event to its receiver (RFC 8935): taken, to be tried again, refused, or a reason to pause the stream. */
export const pushEvent =
  (ports: Ports) =>
  async (delivery: Delivery, signal: AbortSignal): Promise<DeliveryOutcome> => {
    const { streamId, kind } = streamOfLane(delivery.lane);
    await ports.readModels.waitFor(ports.config.position, configMs, ['history']);
    const stream = ports.config.get(ssfStream, streamId);
    if (!stream) return { outcome: 'dropped', reason: 'the stream was deleted' };
    if (stream.values.status === 'disabled' && kind !== 'status')
      return { outcome: 'dropped', reason: 'the stream is disabled' };
    const made = await securityEventToken(ports, stream, delivery);
    if (made.outcome === 'dropped') return made;
    if (made.outcome === 'failed')
      return { outcome: 'failed', failure: made.reason, status: null, retryAfterMs: null };
    const answer = await ports.outbound.post({
      url: stream.values.endpointUrl ?? '',
      headers: {
        'content-type': 'application/secevent+jwt',
        accept: 'application/json',
        'user-agent': 'Muniment',
        ...(await authorizationOf(ports, stream)),
      },
      body: made.token,
      answerLimit,
      signal,
    });
    const status = answer.outcome === 'answered' ? answer.status : null;
    if (status !== null && taken.has(status)) return { outcome: 'delivered', status };
    const error = errorOf(answer);
    if (error !== null && ofStream.includes(error) && kind !== 'status') await pause(ports, streamId, error);
    return {
      outcome: 'failed',
      failure: error === null ? explainAnswer(answer) : `The receiver answered ${error}.`,
      status,
      retryAfterMs: answer.outcome === 'answered' ? answer.retryAfterMs : null,
      final: error !== null && ofEvent.includes(error),
    };
  };
