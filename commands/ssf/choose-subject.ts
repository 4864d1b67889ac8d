import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { anybody } from '../../domain/kernel/rights.js';
import { chooseSubject, streamSubject } from '../../domain/ssf/subject/stream-subject.js';
import { subjectIdentifierSchema } from '../../domain/ssf/subject-identifier.js';
import { defineCommand } from '../command.js';
import type { Client } from '../oauth2/client.js';
import { findSubject } from './find-subject.js';
import { loadStream } from './load-stream.js';

/**
 * A receiver wants to hear of a person in one of its streams, or no more. Appends `ssfsubject.added` or
 * `ssfsubject.removed`, or nothing. Throws `NOT_FOUND` for a stream that is not its own and for a person that it cannot know.
 */
export const chooseSubjectCommand = defineCommand({
  name: 'chooseSubject',
  input: z.strictObject({
    id: id('ssf_stream'),
    receiver: z.custom<Client>(() => true),
    subject: subjectIdentifierSchema,
    choice: z.enum(['added', 'removed']),
  }),
  access: anybody('the access token of the receiver is the credential'),
  run: async (unit, { id: streamId, receiver, subject, choice }) => {
    await loadStream(unit, streamId, receiver);
    const person = await findSubject(unit.ports, receiver, subject);
    if (!person) throw new DomainError('NOT_FOUND');
    const edgeId = unit.ports.ids.named('ssf_subject', `${streamId}/${person.id}`);
    const state = await unit.load(streamSubject, edgeId);
    unit.append(
      streamSubject.category,
      edgeId,
      chooseSubject(state, { streamId, userId: person.id }, choice),
    );
  },
});
