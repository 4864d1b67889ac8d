import { completionsAt, type Completion, type Completions } from '../../../domain/audit/query-completions.js';
import { openPaths, queryFields, type QueryField } from '../../../domain/audit/query-fields.js';
import { parseQuery } from '../../../domain/audit/query-text.js';
import { QueryError } from '../../../domain/audit/query-tokens.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import { shortList, type Builder } from '../builder.js';
import { demands } from '../guard.js';

/** A `QueryError` as an answer: errors that resolvers return count as thrown. */
type Problem = Pick<QueryError, 'position' | 'message' | 'expected'>;

interface Advice extends Completions {
  readonly error: Problem | null;
}

const problemOf = (text: string, now: Date): Problem | null => {
  try {
    parseQuery(text, now);
    return null;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { position, message, expected } = error;
    return { position, message, expected };
  }
};

/** `auditQueryFields` and `auditQueryCompletions`: what helps people to write a query of the event log. */
export const addQueryLanguage = (builder: Builder): void => {
  const field = builder.objectRef<QueryField>('AuditQueryField').implement({
    fields: (t) => ({
      name: t.exposeString('name'),
      kind: t.string({
        description: 'text, choice, id, time, number, or open for paths below which any name may stand.',
        resolve: ({ name, kind }) => (openPaths.includes(name) ? 'open' : kind),
      }),
      aliases: t.stringList({ resolve: ({ aliases }) => [...aliases] }),
      values: t.stringList({
        description: 'All values there are, where the list is closed.',
        resolve: ({ values }) => [...values],
      }),
    }),
  });
  const completion = builder.objectRef<Completion>('AuditQueryCompletion').implement({
    fields: (t) => ({
      text: t.exposeString('text'),
      kind: t.exposeString('kind', { description: 'field, operator, value or connective.' }),
    }),
  });
  const problem = builder.objectRef<Problem>('AuditQueryError').implement({
    fields: (t) => ({
      position: t.exposeInt('position', { description: 'Characters before the place.' }),
      message: t.exposeString('message'),
      expected: t.stringList({ resolve: ({ expected }) => [...expected] }),
    }),
  });
  const advice = builder.objectRef<Advice>('AuditQueryCompletions').implement({
    fields: (t) => ({
      from: t.exposeInt('from', { description: 'First of the characters that a completion replaces.' }),
      to: t.exposeInt('to'),
      items: t.field({ type: [completion], complexity: shortList, resolve: ({ items }) => [...items] }),
      error: t.field({
        type: problem,
        nullable: true,
        description: 'Why the whole text cannot be read, if it cannot.',
        resolve: ({ error }) => error,
      }),
    }),
  });
  builder.queryField('auditQueryFields', (t) =>
    t.field({
      type: [field],
      complexity: shortList,
      ...demands(authenticated),
      resolve: () => [
        ...queryFields,
        ...openPaths.map((name): QueryField => ({ name, kind: 'text', aliases: [], values: [] })),
      ],
    }),
  );
  builder.queryField('auditQueryCompletions', (t) =>
    t.field({
      type: advice,
      args: { text: t.arg.string({ required: true }), cursor: t.arg.int({ required: true }) },
      ...demands(authenticated),
      resolve: (_root, { text, cursor }, context) => {
        const written = text.slice(0, 4000);
        return {
          ...completionsAt(written, Math.min(cursor, written.length)),
          error: problemOf(text, context.dependencies.ports.clock.now()),
        };
      },
    }),
  );
};
