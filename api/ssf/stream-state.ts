import type { FastifyInstance } from 'fastify';
import { execute } from '../../commands/pipeline.js';
import { chooseSubjectCommand } from '../../commands/ssf/choose-subject.js';
import { requestVerificationCommand } from '../../commands/ssf/request-verification.js';
import { requestStreamStatusCommand } from '../../commands/ssf/set-stream-status.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { queryParameters } from '../http/query-parameters.js';
import { placesOf } from './addresses.js';
import { readOwnWrite } from './read-own-write.js';
import { receiverOf } from './receiver.js';
import { guarded, objectIn, ownStream } from './streams.js';

interface Status {
  readonly stream_id: string;
  readonly status: string;
  readonly reason?: string;
}

/** Status (SSF 1.0, 8.1.2), subjects (8.1.3) and verification (8.1.4) of a stream. */
export const registerStreamState = (scope: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports } = dependencies;

  for (const path of placesOf('/status')) {
    scope.get(path, guarded, async (request, reply) => {
      const receiver = await receiverOf(dependencies, request, reply, 'ssf.read');
      if (!receiver) return reply;
      const stream = ownStream(dependencies, receiver.client, queryParameters(request).get('stream_id'));
      const { status, statusReason } = stream.values;
      const answer: Status = {
        stream_id: stream.id,
        status,
        ...(statusReason === null ? {} : { reason: statusReason }),
      };
      return reply.send(answer);
    });

    scope.post(path, guarded, async (request, reply) => {
      const receiver = await receiverOf(dependencies, request, reply, 'ssf.manage');
      if (!receiver) return reply;
      const { stream_id: id, status, reason = null } = objectIn(request);
      const stream = ownStream(dependencies, receiver.client, id);
      const { position } = await execute(
        ports,
        requestStreamStatusCommand,
        { id: stream.id, receiver: receiver.client, status, reason },
        receiver.context,
      );
      await readOwnWrite(ports, position);
      return reply.send({ stream_id: stream.id, status, ...(reason === null ? {} : { reason }) });
    });
  }

  for (const [name, choice, success] of [
    ['add', 'added', 200],
    ['remove', 'removed', 204],
  ] as const)
    for (const path of placesOf(`/subjects/${name}`))
      scope.post(path, guarded, async (request, reply) => {
        const receiver = await receiverOf(dependencies, request, reply, 'ssf.manage');
        if (!receiver) return reply;
        const { stream_id: id, subject } = objectIn(request);
        const stream = ownStream(dependencies, receiver.client, id);
        const { position } = await execute(
          ports,
          chooseSubjectCommand,
          { id: stream.id, receiver: receiver.client, subject, choice },
          receiver.context,
        );
        await readOwnWrite(ports, position);
        return reply.code(success).send();
      });

  for (const path of placesOf('/verification'))
    scope.post(path, guarded, async (request, reply) => {
      const receiver = await receiverOf(dependencies, request, reply, 'ssf.manage');
      if (!receiver) return reply;
      const { stream_id: id, state = null } = objectIn(request);
      const stream = ownStream(dependencies, receiver.client, id);
      await execute(
        ports,
        requestVerificationCommand,
        { id: stream.id, receiver: receiver.client, state },
        receiver.context,
      );
      return reply.code(204).send();
    });
};
