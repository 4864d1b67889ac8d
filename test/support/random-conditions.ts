import fc from 'fast-check';
import type { Comparison, Condition } from '../../domain/kernel/condition/condition.js';

const text = fc.constantFrom(
  '',
  'a',
  'A',
  'login',
  'Ana Öz',
  'öz',
  'ana',
  '192.0.2.1',
  '10%_\\',
  '5',
  '-3.25',
  'true',
  'null',
  'x"y\'z\n*?',
  '𝒜',
  '{"a":1}',
  '00000000-0000-4000-8000-0000000000aa',
);

const field = fc.constantFrom(
  'reason',
  'actor.label',
  'target.id',
  'target.label',
  'client.ip',
  'client.geo.country',
  'client.geo.city',
  'onBehalfOf.id',
  'onBehalfOf.type',
  'sessionId',
  'id',
  'app',
  'context.message',
  'context.tags',
  'context.tags[]',
  'context.place.country',
  'context.list[].name',
  'context.count',
  'changes[].field',
  'changes[].after',
  'changes[].before.name',
);
const numberField = fc.constantFrom('position', 'client.asn.number', 'client.geo.lat');
const timeField = fc.constantFrom('occurredAt', 'recordedAt');
const order = fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const);

/** A time of an entry, some of which are the same. */
export const randomTime = fc
  .integer({ min: 0, max: 3 })
  .map((hours) => new Date(Date.UTC(2026, 0, 2, hours)).toISOString());

const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({ field, is: fc.array(text, { minLength: 1, maxLength: 3 }) }),
  fc.record({ field: fc.constant('action'), is: fc.constantFrom(['login'], ['login', 'logout']) }),
  fc.record({ field: fc.constantFrom('action', 'via'), contains: fc.constantFrom('LOG', 'ad') }),
  fc.record({ field, startsWith: text }),
  fc.record({ field, endsWith: text }),
  fc.record({ field, contains: text }),
  fc.record({ field, matches: fc.oneof(text, fc.constantFrom('*', 'a*', '?na*z', '*.0.*', '??')) }),
  fc.record({ field, order, value: text }),
  fc.record({ field: numberField, order, value: fc.constantFrom('0', '5', '100', '-3.25', '52.5') }),
  fc.record({ field: timeField, order, value: randomTime }),
  fc.record({ field: fc.oneof(field, numberField, timeField), exists: fc.constant(true as const) }),
);

/** Conditions over entries of the event log. */
export const randomCondition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    comparison,
    fc.record({ search: fc.oneof(text, fc.constantFrom('ana lo', 'country de', 'message')) }),
    fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
})).tree;

const json: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.constantFrom(5, -3.25, 0, true, false, null),
  fc.array(text, { maxLength: 2 }),
  fc.record({ name: text }),
);

/** What an entry says beyond its columns. */
export const randomContext = fc.record(
  {
    message: json,
    tags: fc.oneof(fc.array(json, { maxLength: 3 }), json),
    place: fc.oneof(fc.record({ country: json }), json),
    list: fc.array(fc.oneof(fc.record({ name: json }), json), { maxLength: 2 }),
    count: json,
  },
  { requiredKeys: [] },
);

export const randomChanges = fc.array(fc.record({ field: text, before: json, after: json }), {
  maxLength: 3,
});

export const randomText = text;
