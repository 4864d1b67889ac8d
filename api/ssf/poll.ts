import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Delivery } from '../../commands/delivery-ports.js';
import type { CommandContext } from '../../commands/command.js';
import { execute } from '../../commands/pipeline.js';
import { securityEventToken } from '../../commands/ssf/security-event-token.js';
import { recordRefusedSignalCommand } from '../../commands/ssf/refused-signals.js';
import { systemContext } from '../../commands/system-context.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { isId } from '../../domain/kernel/ids.js';
import { laneKinds, laneOf, openLanes, type Stream } from '../../domain/ssf/stream.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { placesOf } from './addresses.js';
import { receiverOf } from './receiver.js';
import { guarded, objectIn, ownStream } from './streams.js';

const longestMs = 30_000;
const usualEvents = 100;
const mostEvents = 500;
const historyMs = 5000;

const ids = z.array(z.string().max(200)).max(2000);
const request = z.object({
  maxEvents: z.int().min(0).default(usualEvents),
  returnImmediately: z.boolean().default(false),
  ack: ids.default([]),
  setErrs: z.record(z.string().max(200), z.object({ err: z.string().max(200) })).default({}),
});
type Poll = z.output<typeof request>;

const errorName = /^[a-zA-Z_]{1,40}$/;

/** Fetching of events by their receiver (RFC 8936), with the news of what became of those fetched before. */
export const registerPoll = (scope: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports } = dependencies;
  /** Polls that wait are answered when the server closes. */
  const closing = new AbortController();
  scope.addHook('preClose', (done) => {
    closing.abort();
    done();
  });

  const settle = async (stream: Stream, { ack, setErrs }: Poll): Promise<void> => {
    const lanes = laneKinds.map((kind) => laneOf(stream.id, kind));
    const known = ack.filter(isId);
    if (known.length > 0) await ports.signals.finish(lanes, known, 'delivered', null);
    const failed = Object.entries(setErrs).filter(([id]) => isId(id));
    if (failed.length === 0) return;
    const waiting = new Map((await ports.signals.waiting(lanes, mostEvents)).map((row) => [row.id, row]));
    for (const [id, { err }] of failed) {
      const row = waiting.get(id);
      if (row) await refuse(stream, lanes, row, errorName.test(err) ? err : 'an error');
    }
  };

  const refuse = async (
    stream: Stream,
    lanes: readonly string[],
    row: Delivery,
    error: string,
  ): Promise<void> => {
    const failure = `The receiver answered ${error}.`;
    const context: CommandContext = {
      ...systemContext(ports, 'shared signals'),
      commandId: ports.ids.named('command', `refused signal ${row.id} ${String(row.attempts)}`),
    };
    await execute(
      ports,
      recordRefusedSignalCommand,
      {
        streamId: stream.id,
        deliveryId: row.id,
        type: row.reference['type'] ?? '',
        attempts: row.attempts + 1,
        failure,
      },
      context,
    );
    await ports.signals.finish(lanes, [row.id], 'parked', failure);
  };

  /** Up to so many tokens that wait, oldest first; what has become void meanwhile is cleared away. */
  const fetch = async (
    stream: Stream,
    limit: number,
  ): Promise<{ readonly sets: Readonly<Record<string, string>>; readonly more: boolean }> => {
    const lanes = openLanes(stream.values.status).map((kind) => laneOf(stream.id, kind));
    const rows = await ports.signals.waiting(lanes, limit + 1);
    const sets: Record<string, string> = {};
    for (const row of rows.slice(0, limit)) {
      const made = await securityEventToken(ports, stream, row);
      if (made.outcome === 'made') sets[row.id] = made.token;
      else if (made.outcome === 'dropped')
        await ports.signals.finish(lanes, [row.id], 'dropped', made.reason);
      else throw new DomainError('DEPENDENCY_UNAVAILABLE', { message: made.reason });
    }
    return { sets, more: rows.length > limit };
  };

  const poll = async (
    find: () => Stream,
    asked: Poll,
    reply: FastifyReply,
  ): Promise<Record<string, unknown>> => {
    const limit = Math.min(asked.maxEvents, mostEvents);
    if (limit === 0) return { sets: {} };
    const until = Date.now() + longestMs;
    const gone = new AbortController();
    reply.raw.on('close', () => {
      gone.abort();
    });
    for (;;) {
      const found = new AbortController();
      const over = AbortSignal.any([found.signal, gone.signal, closing.signal]);
      // Listening begins before looking: what comes between the two is not missed.
      const news = ports.signals.stored(Math.max(until - Date.now(), 0), over);
      try {
        const { sets, more } = await fetch(find(), limit);
        const ended = Date.now() >= until || gone.signal.aborted || closing.signal.aborted;
        if (Object.keys(sets).length > 0 || asked.returnImmediately || ended)
          return { sets, ...(more ? { moreAvailable: true } : {}) };
        if (more) continue;
        await news;
      } finally {
        found.abort();
      }
    }
  };

  for (const path of placesOf('/streams/:id/poll'))
    scope.post(path, guarded, async (httpRequest, reply) => {
      const receiver = await receiverOf(dependencies, httpRequest, reply, 'ssf.read');
      if (!receiver) return reply;
      const { id } = httpRequest.params as { id: string };
      const stream = ownStream(dependencies, receiver.client, id);
      if (stream.values.deliveryMethod !== 'poll')
        throw new DomainError('INVALID_INPUT', { message: 'The stream is not delivered by polling.' });
      const asked = request.safeParse(objectIn(httpRequest));
      if (!asked.success)
        throw new DomainError('INVALID_INPUT', {
          message: `${asked.error.issues[0]?.path.join('.') ?? ''}: ${asked.error.issues[0]?.message ?? ''}`,
        });
      await settle(stream, asked.data);
      await ports.readModels.waitFor(ports.config.position, historyMs, ['history']);
      return reply.send(await poll(() => ownStream(dependencies, receiver.client, id), asked.data, reply));
    });
};
