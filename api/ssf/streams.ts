import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Client } from '../../commands/oauth2/client.js';
import { execute } from '../../commands/pipeline.js';
import {
  changeReceiverStreamCommand,
  createReceiverStreamCommand,
  deleteReceiverStreamCommand,
  streamsOf,
} from '../../commands/ssf/receiver-streams.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { anybody } from '../../domain/kernel/rights.js';
import type { Stream } from '../../domain/ssf/stream.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { publicOrigin } from '../http/hosts.js';
import { queryParameters } from '../http/query-parameters.js';
import { addressesOf, placesOf } from './addresses.js';
import { allValues, givenValues, parseWanted, representation, requireUnchanged } from './representation.js';
import { receiverOf, type Receiver } from './receiver.js';
import { readOwnWrite } from './read-own-write.js';

export const guarded = {
  config: { access: anybody('the access token is the credential'), sessionless: true },
};

const objectSchema = z.record(z.string(), z.unknown());

/** The body of a request as an object. Throws `INVALID_INPUT`. */
export const objectIn = (request: FastifyRequest): Record<string, unknown> => {
  const parsed = objectSchema.safeParse(request.body);
  if (!parsed.success) throw new DomainError('INVALID_INPUT', { message: 'Send a JSON object.' });
  return parsed.data;
};

/** A stream of the receiver. Throws `NOT_FOUND`. */
export const ownStream = ({ ports }: HttpDependencies, client: Client, id: unknown): Stream => {
  const stream = streamsOf(ports.config, client).find((own) => own.id === id);
  if (!stream) throw new DomainError('NOT_FOUND', { message: 'There is no such stream.' });
  return stream;
};

/** Creating, reading, changing and deleting streams (SSF 1.0, 8.1.1). */
export const registerStreams = (scope: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports, settings } = dependencies;

  const shown = async (
    id: string,
    { client }: Receiver,
    position: bigint | null,
  ): Promise<Record<string, unknown>> => {
    await readOwnWrite(ports, position);
    return representation(ownStream(dependencies, client, id), client);
  };

  const change = async (
    receiver: Receiver,
    body: Record<string, unknown>,
    values: Record<string, unknown>,
  ): Promise<Record<string, unknown>> => {
    const stream = ownStream(dependencies, receiver.client, body['stream_id']);
    requireUnchanged(body, stream, receiver.client);
    const { position } = await execute(
      ports,
      changeReceiverStreamCommand,
      { id: stream.id, receiver: receiver.client, values },
      receiver.context,
    );
    return shown(stream.id, receiver, position);
  };

  for (const path of placesOf('/streams')) {
    scope.post(path, guarded, async (request, reply) => {
      const receiver = await receiverOf(dependencies, request, reply, 'ssf.manage');
      if (!receiver) return reply;
      const { slug = null } = request.params as { slug?: string };
      const { issuer } = addressesOf(publicOrigin(settings, request), slug);
      const values = allValues(parseWanted(objectIn(request)), receiver.client);
      const { output, position } = await execute(
        ports,
        createReceiverStreamCommand,
        { receiver: receiver.client, values: { ...values, issuer } },
        receiver.context,
      );
      return reply.code(201).send(await shown(output.id, receiver, position));
    });

    scope.get(path, guarded, async (request, reply) => {
      const receiver = await receiverOf(dependencies, request, reply, 'ssf.read');
      if (!receiver) return reply;
      const id = queryParameters(request).get('stream_id');
      return reply.send(
        id === null
          ? streamsOf(ports.config, receiver.client).map((stream) => representation(stream, receiver.client))
          : representation(ownStream(dependencies, receiver.client, id), receiver.client),
      );
    });

    scope.patch(path, guarded, async (request, reply) => {
      const receiver = await receiverOf(dependencies, request, reply, 'ssf.manage');
      if (!receiver) return reply;
      const body = objectIn(request);
      return reply.send(await change(receiver, body, givenValues(parseWanted(body))));
    });

    scope.put(path, guarded, async (request, reply) => {
      const receiver = await receiverOf(dependencies, request, reply, 'ssf.manage');
      if (!receiver) return reply;
      const body = objectIn(request);
      return reply.send(await change(receiver, body, allValues(parseWanted(body), receiver.client)));
    });

    scope.delete(path, guarded, async (request, reply) => {
      const receiver = await receiverOf(dependencies, request, reply, 'ssf.manage');
      if (!receiver) return reply;
      const { id } = ownStream(dependencies, receiver.client, queryParameters(request).get('stream_id'));
      const { position } = await execute(
        ports,
        deleteReceiverStreamCommand,
        { id, receiver: receiver.client },
        receiver.context,
      );
      await readOwnWrite(ports, position);
      return reply.code(204).send();
    });
  }
};
