import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meets, type Condition } from '../../../domain/kernel/condition/condition.js';
import { completionsAt } from '../../../domain/audit/query-completions.js';
import { conditionProblem } from '../../../domain/audit/query-fields.js';
import { printQuery } from '../../../domain/audit/query-print.js';
import { parseQuery } from '../../../domain/audit/query-text.js';
import { QueryError } from '../../../domain/audit/query-tokens.js';
import { entryWith } from '../../support/entry-with.js';
import {
  randomChanges,
  randomCondition,
  randomContext,
  randomText,
} from '../../support/random-conditions.js';

const now = new Date('2026-03-04T05:06:07.000Z');
const read = (text: string): Condition => parseQuery(text, now);

const failure = (text: string): QueryError => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof QueryError) return error;
  }
  throw new Error(`${text} was read`);
};

const completed = (text: string): readonly string[] =>
  completionsAt(text, text.length).items.map((item) => item.text);

describe('a query', () => {
  it.each<[string, Condition]>([
    ['', { all: [] }],
    ['action = login', { field: 'action', is: ['login'] }],
    ['action != "login"', { not: { field: 'action', is: ['login'] } }],
    ['user.username in ["a", \'b\']', { field: 'actor.label', is: ['a', 'b'] }],
    ['client_ip not in (192.0.2.1)', { not: { field: 'client.ip', is: ['192.0.2.1'] } }],
    ['context.geo.country = "Germany"', { field: 'client.geo.country', is: ['Germany'] }],
    ['context.model.colour ~ red', { field: 'context.model.colour', contains: 'red' }],
    ['app !~ flows', { not: { field: 'app', contains: 'flows' } }],
    ['user not startswith adm', { not: { field: 'actor.label', startsWith: 'adm' } }],
    ['user endswith "@example.com"', { field: 'actor.label', endsWith: '@example.com' }],
    ['changes[].field matches pass*', { field: 'changes[].field', matches: 'pass*' }],
    ['reason exists', { field: 'reason', exists: true }],
    ['reason not exists', { not: { field: 'reason', exists: true } }],
    ['created > -7d', { field: 'occurredAt', order: '>', value: '2026-02-25T05:06:07.000Z' }],
    ['created <= 2026-01-31', { field: 'occurredAt', order: '<=', value: '2026-01-31T00:00:00.000Z' }],
    [
      'at < "2026-01-31T10:00:00+02:00"',
      { field: 'occurredAt', order: '<', value: '2026-01-31T08:00:00.000Z' },
    ],
    ['asn>=64500', { field: 'client.asn.number', order: '>=', value: '64500' }],
    ['"Ana Öz"', { search: 'Ana Öz' }],
    ['ana 192.0.2.1', { all: [{ search: 'ana' }, { search: '192.0.2.1' }] }],
    ['not (ana or via = cli)', { not: { any: [{ search: 'ana' }, { field: 'via', is: ['cli'] }] } }],
    [
      'ana or action = login AND outcome = failure',
      {
        any: [
          { search: 'ana' },
          {
            all: [
              { field: 'action', is: ['login'] },
              { field: 'outcome', is: ['failure'] },
            ],
          },
        ],
      },
    ],
  ])('reads %s', (text, condition) => {
    expect(read(text)).toEqual(condition);
  });

  it.each<[string, number, string]>([
    ['action =', 8, 'login'],
    ['action = nothing', 9, 'login'],
    ['colour = red', 0, 'action'],
    ['action = login and', 18, 'a field'],
    ['(action = login', 15, ')'],
    ['action = login)', 14, 'and'],
    ['created = now', 8, '<'],
    ['created > soon', 10, '-7d'],
    ['reason = "x', 9, '"'],
    ['action in login', 10, '('],
    ['= login', 0, 'a field'],
  ])('that is wrong tells where, and what could stand there: %s', (text, position, expected) => {
    const error = failure(text);
    expect(error.position).toBe(position);
    expect(error.expected).toContain(expected);
    expect(error.message).toContain(`character ${String(position + 1)}`);
  });

  it('too deep, too long or with a number that is none is refused', () => {
    expect(failure('('.repeat(20) + 'not '.repeat(12) + 'a' + ')'.repeat(20)).message).toContain('nested');
    expect(failure('a '.repeat(3000)).message).toContain('4000');
    expect(failure('asn > many').message).toContain('not a number');
  });

  it('of a condition says the same as the condition', () => {
    fc.assert(
      fc.property(
        randomCondition,
        randomContext,
        randomChanges,
        randomText,
        (condition, context, changes, label) => {
          const text = printQuery(condition);
          expect(conditionProblem(condition)).toBeNull();
          const entry = entryWith({ context, changes, 'actor.label': label, reason: 'a' });
          expect([text, meets(read(text!), entry)]).toEqual([text, meets(condition, entry)]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reads any text or tells what is wrong with it, and completes it', () => {
    const piece = fc.constantFrom(
      'action',
      'user',
      ' ',
      '=',
      '!~',
      '(',
      ')',
      'in',
      'not',
      'or',
      '"',
      "'",
      '\\',
      '[]',
      'x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        fc.nat(30),
        (text, cursor) => {
          const { from, to } = completionsAt(text, Math.min(cursor, text.length));
          expect(from).toBeLessThanOrEqual(to);
          try {
            read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(QueryError);
          }
        },
      ),
    );
  });
});

describe('completion', () => {
  it('offers fields, operators, values of closed lists and connectives where they can stand', () => {
    expect(completed('')).toEqual(
      expect.arrayContaining(['action', 'client.geo.country', 'context.', 'not']),
    );
    expect(completed('client.g')).toEqual(expect.arrayContaining(['client.geo.country']));
    expect(completed('client.g')).not.toContain('action');
    expect(completed('user.u')).toContain('user.username');
    expect(completed('action ')).toEqual(expect.arrayContaining(['=', '!~', 'not in']));
    expect(completed('created ')).not.toContain('~');
    expect(completed('action = log')).toEqual(['login', 'login_failed', 'logout']);
    expect(completed('action in (login, s')).toContain('suspicious_request');
    expect(completed('action = login ')).toEqual(['and', 'or']);
    expect(completed('action = login and ')).toContain('severity');
    expect(completed('action = "log')).toContain('login_failed');
  });

  it('tells which characters to replace', () => {
    expect(completionsAt('action = log and via = cli', 12)).toMatchObject({ from: 9, to: 12 });
    expect(completionsAt('sev = notice', 2)).toMatchObject({ from: 0, to: 3 });
  });
});
