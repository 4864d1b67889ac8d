import { getIntrospectionQuery } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import type { Access } from '../../domain/kernel/rights.js';
import { families, models } from '../../domain/models.generated.js';
import { buildSchema } from '../../api/graphql/schema.js';
import { Client } from '../support/client.js';
import { later } from '../support/later.js';
import { adminPassword, adminToken, startProduct, type Product } from '../support/product.js';

let product: Product;
let client: Client;
const password = 'a long enough password';
const bearer = { authorization: `Bearer ${adminToken}` };

const codes = (body: any): string[] =>
  (body.errors ?? []).map((error: any) => error.extensions.code as string);

beforeAll(async () => {
  product = await startProduct();
  client = new Client(product.baseUrl);
  const { userId } = await product.run(createUserCommand, { username: 'plain' });
  await product.run(setPasswordCommand, { userId, password });
});
afterAll(() => product.stop());

const signedIn = async (): Promise<Client> => {
  const browser = new Client(product.baseUrl);
  await browser.login('plain', password);
  return browser;
};

/** Arguments that a field may not do without. */
const samples: Readonly<Record<string, string>> = {
  ID: '"018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f"',
  DateTime: '"2026-01-01T00:00:00Z"',
  NotificationRuleDraft: '{ when: { all: [] } }',
};

describe('C1: what each field demands', () => {
  it('is declared, and only these are open to everybody signed in', () => {
    const schema = buildSchema(models, families);
    const open: string[] = [];
    for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
      for (const field of Object.values(type!.getFields())) {
        const access = field.extensions['access'] as Access;
        if (access.kind !== 'permission') open.push(`${type!.name}.${field.name}: ${access.kind}`);
      }
    // Lists of families and references are filtered object by object; the rest concerns oneself.
    expect(open.sort()).toMatchSnapshot();
  });

  it('is refused to strangers and to those without the right, on every field', async () => {
    const schema = buildSchema(models, families);
    const plain = await signedIn();
    for (const field of Object.values(schema.getQueryType()!.getFields())) {
      const access = field.extensions['access'] as Access;
      if (access.kind !== 'permission') continue;
      const given = field.args
        .filter(({ name, type }) => name === 'id' || String(type).endsWith('!'))
        .flatMap(({ name, type }) => {
          const sample = samples[String(type).replace('!', '')];
          return sample === undefined ? [] : [`${name}: ${sample}`];
        });
      const args = `${given.length > 0 ? `(${given.join(', ')})` : ''} { __typename }`;
      expect(codes((await client.graphql(`{ ${field.name}${args} }`)).body)).toEqual(['UNAUTHENTICATED']);
      expect(codes((await plain.graphql(`{ ${field.name}${args} }`)).body)).toEqual(['FORBIDDEN']);
    }
  });

  it('a plain user sees himself, and of families and the log only what concerns him', async () => {
    const plain = await signedIn();
    await product.settle();
    const { body } = await plain.graphql(
      '{ me { user { id username } } stages { totalCount nodes { name } } models(target: "flow") { id } auditEntries { nodes { action actor { label } targetLabel } } }',
    );
    expect(body.errors).toBeUndefined();
    expect(body.data.stages).toEqual({ totalCount: 0, nodes: [] });
    expect(body.data.models).toEqual([]);
    for (const entry of body.data.auditEntries.nodes)
      expect([entry.actor.label, entry.targetLabel]).toContain('plain');
    const other = await client.admin('{ users(search: "akadmin") { nodes { id } } }');
    expect(
      codes((await plain.graphql(`{ user(id: "${other.users.nodes[0].id as string}") { username } }`)).body),
    ).toEqual(['FORBIDDEN']);
    expect(
      (await plain.graphql(`{ user(id: "${body.data.me.user.id as string}") { username } }`)).body.data.user
        .username,
    ).toBe('plain');
  });

  it('C2: what belongs to somebody else reads as if it were not there', async () => {
    const plain = await signedIn();
    const admin = new Client(product.baseUrl);
    await admin.login('akadmin', adminPassword);
    const { createToken } = (
      await admin.graphql('mutation { createToken(identifier: "of-the-admin") { tokenId key } }')
    ).body.data;
    expect(
      codes(
        (
          await plain.graphql(
            `mutation { revokeToken(tokenId: "${createToken.tokenId as string}") { position } }`,
          )
        ).body,
      ),
    ).toEqual(['NOT_FOUND']);
    expect(
      codes(
        (
          await plain.graphql(
            'mutation { revokeToken(tokenId: "018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f") { position } }',
          )
        ).body,
      ),
    ).toEqual(['NOT_FOUND']);
  });
});

describe('A8: making tokens', () => {
  const make = 'mutation { createToken(identifier: "another") { tokenId } }';

  it('needs a login of the last five minutes, and never a token', async () => {
    expect(codes((await client.graphql(make, {}, bearer)).body)).toEqual(['FORBIDDEN']);
    const person = await signedIn();
    await later(product, 301_000, async () => {
      expect(codes((await person.graphql(make)).body)).toEqual(['STALE_AUTHENTICATION']);
    });
    expect(codes((await person.graphql(make)).body)).toEqual([]);
  });
});

describe('C9: limits', () => {
  const nested = (depth: number): string =>
    `{ groups { nodes { ${'parents { '.repeat(depth)}id${' }'.repeat(depth)} } } }`;

  it('depth 10 passes, 11 does not', async () => {
    expect(codes((await client.graphql(nested(7), {}, bearer)).body)).toEqual([]);
    expect(codes((await client.graphql(nested(8), {}, bearer)).body)).toEqual(['INVALID_INPUT']);
  });

  it('30 aliases on a level pass, 31 do not', async () => {
    const aliases = (n: number): string =>
      `{ ${Array.from({ length: n }, (_, i) => `a${String(i)}: me { canAdminister }`).join(' ')} }`;
    expect((await client.graphql(aliases(30), {}, bearer)).status).toBe(200);
    const refused = await client.graphql(aliases(31), {}, bearer);
    expect([refused.status, codes(refused.body)]).toEqual([400, ['BAD_REQUEST']]);
  });

  it('cost, tokens, body and page size are bounded', async () => {
    const costly = `{ users(first: 200) { nodes { groups { id name } sessions { id } history(first: 200) { nodes { id action } } } } }`;
    expect(codes((await client.graphql(costly, {}, bearer)).body)).toEqual(['INVALID_INPUT']);
    expect((await client.graphql(`{ me { user { ${'id '.repeat(5001)} } } }`, {}, bearer)).status).toBe(400);
    expect(
      (await client.graphql(`{ me { canAdminister } } # ${'x'.repeat(300_000)}`, {}, bearer)).status,
    ).toBeGreaterThanOrEqual(400);
    expect(
      codes((await client.graphql('{ applications(first: 201) { totalCount } }', {}, bearer)).body),
    ).toEqual(['INVALID_INPUT']);
    expect(codes((await client.graphql('{ users(first: 0) { totalCount } }', {}, bearer)).body)).toEqual([
      'INVALID_INPUT',
    ]);
  });

  it('batches are refused, and mutations by GET', async () => {
    expect(
      (
        await client.request('POST', '/graphql', {
          body: [{ query: '{ me { canAdminister } }' }],
          headers: bearer,
        })
      ).status,
    ).toBe(400);
    const byGet = await client.request(
      'GET',
      `/graphql?query=${encodeURIComponent('mutation { createUser(input: { username: "by-get" }) { position } }')}`,
      { headers: bearer },
    );
    expect(byGet.status).toBeGreaterThanOrEqual(400);
  });

  it('introspection is for administrators, exempt from depth', async () => {
    expect(
      (await client.graphql(getIntrospectionQuery(), {}, bearer)).body.data.__schema.types.length,
    ).toBeGreaterThan(50);
    const plain = await signedIn();
    expect((await plain.graphql('{ __schema { types { name } } }')).status).toBe(400);
    expect((await plain.graphql('{ __type(name: "User") { name } }')).status).toBe(400);
  });

  it('C6: strangers learn no names from suggestions, and no values come back', async () => {
    const plain = await signedIn();
    const misspelt = await plain.graphql('{ applicationz { totalCount } }');
    expect(misspelt.text).not.toContain('Did you mean');
    const wrong = await client.graphql(
      'mutation($i: CreateUserInput!) { createUser(input: $i) { position } }',
      { i: { username: { secret: 'canary-value' } } },
      bearer,
    );
    expect(wrong.status).toBe(400);
    expect(wrong.text).not.toContain('canary-value');
    const literal = await client.graphql(
      'mutation { createUser(input: { username: {a: "canary-value"} }) { position } }',
      {},
      bearer,
    );
    expect(literal.text).not.toContain('canary-value');
  });

  it('the number of statements does not grow with the rows', async () => {
    for (let n = 0; n < 12; n += 1) await product.run(createUserCommand, { username: `row${String(n)}` });
    await product.settle();
    // What looks at the log in the background would be counted too.
    await product.stopNotifications();
    const statements = async (first: number): Promise<number> => {
      const spy = vi.spyOn(pg.Client.prototype, 'query');
      await client.admin(`{ users(first: ${String(first)}) { nodes { username groups { name } } } }`);
      const count = spy.mock.calls.length;
      spy.mockRestore();
      return count;
    };
    await statements(2);
    expect(await statements(12)).toBe(await statements(2));
    product.startNotifications();
  });
});

describe('conventions', () => {
  it('a repeated idempotency key gets the first answer, another body a refusal, a stranger none', async () => {
    const mutation =
      'mutation($name: String!) { createUser(input: { username: $name }) { user { id } position } }';
    const key = { ...bearer, 'idempotency-key': 'key-1' };
    const first = await client.graphql(mutation, { name: 'once' }, key);
    const second = await client.graphql(mutation, { name: 'once' }, key);
    expect(second.body).toEqual(first.body);
    expect(codes((await client.graphql(mutation, { name: 'twice' }, key)).body)).toEqual([
      'COMMAND_MISMATCH',
    ]);
    expect(
      codes((await client.graphql(mutation, { name: 'once' }, { 'idempotency-key': 'key-1' })).body),
    ).toEqual(['UNAUTHENTICATED']);
  });

  it('a position that a mutation returned can be demanded of a read', async () => {
    const created = await client.graphql(
      'mutation { createGroup(input: { name: "positioned" }) { position group { id } } }',
      {},
      bearer,
    );
    const position = created.body.data.createGroup.position as string;
    expect(created.headers.get('muniment-position')).toBe(position);
    const read = await client.graphql(
      `{ group(id: "${created.body.data.createGroup.group.id as string}") { history { nodes { action } } } }`,
      {},
      { ...bearer, 'muniment-min-position': position },
    );
    expect(read.body.data.group.history.nodes).toEqual([{ action: 'model_created' }]);
    const foreign = await client.graphql(
      '{ me { canAdminister } }',
      {},
      { ...bearer, 'muniment-min-position': '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f.1' },
    );
    expect([foreign.status, codes(foreign.body)]).toEqual([400, ['FOREIGN_POSITION']]);
    const future = await client.graphql(
      '{ me { canAdminister } }',
      {},
      { ...bearer, 'muniment-min-position': `${position.split('.')[0]!}.999999999` },
    );
    expect([future.status, codes(future.body)]).toEqual([503, ['PROJECTION_BEHIND']]);
    expect(future.headers.get('retry-after')).toBe('2');
  });

  it('pages by cursor, forwards and sorted, without gap or overlap', async () => {
    for (let n = 0; n < 7; n += 1)
      await client.admin(
        `mutation { createRole(input: { name: "role ${String(n % 2)}${String(n)}" }) { position } }`,
      );
    const collect = async (list: string, field: string, order: string): Promise<string[]> => {
      const seen: string[] = [];
      let after = '';
      for (;;) {
        const data = await client.admin(
          `{ ${list}(first: 3${after ? `, after: "${after}"` : ''}, orderBy: { field: ${field}, direction: ${order} }) { nodes { ${field} } endCursor hasNextPage } }`,
        );
        const page = data[list];
        seen.push(...page.nodes.map((node: any) => node[field] as string));
        if (!page.hasNextPage) return seen;
        after = page.endCursor as string;
      }
    };
    const roles = await collect('roles', 'name', 'asc');
    expect(roles).toEqual([...roles].sort());
    expect(new Set(roles).size).toBe(7);
    expect(await collect('roles', 'name', 'desc')).toEqual([...roles].reverse());
    const users = await collect('users', 'username', 'asc');
    expect(users).toEqual([...users].sort());
    expect(await collect('users', 'username', 'desc')).toEqual([...users].reverse());
    expect(new Set(await collect('users', 'createdAt', 'desc')).size).toBeGreaterThan(5);
  });

  it('G4: a cursor that was edited or belongs to another list is refused', async () => {
    const { roles } = await client.admin('{ roles(first: 1) { endCursor } }');
    const cursor = roles.endCursor as string;
    expect(
      codes(
        (await client.graphql(`{ groups(first: 1, after: "${cursor}") { totalCount } }`, {}, bearer)).body,
      ),
    ).toEqual(['INVALID_INPUT']);
    const forged = `${Buffer.from('["a\\";--","x"]').toString('base64url')}.${cursor.split('.')[1]!}`;
    expect(
      codes(
        (await client.graphql(`{ roles(first: 1, after: "${forged}") { totalCount } }`, {}, bearer)).body,
      ),
    ).toEqual(['INVALID_INPUT']);
  });

  it('search treats its text as text', async () => {
    await product.run(createUserCommand, { username: '100%_sure\\' });
    const found = await client.admin(
      'query($s: String) { users(search: $s) { nodes { username } totalCount } }',
      { s: '100%_sure\\' },
    );
    expect(found.users).toEqual({ nodes: [{ username: '100%_sure\\' }], totalCount: 1 });
    expect(
      (await client.admin('query($s: String) { users(search: $s) { totalCount } }', { s: '%' })).users
        .totalCount,
    ).toBe(1);
  });

  it('G5: keys like __proto__ stay inert', async () => {
    const answer = await client.graphql(
      'mutation($a: JSON) { createUser(input: { username: "proto", attributes: $a }) { user { attributes } } }',
      { a: JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"x": 1}, "ok": 1}') as object },
      bearer,
    );
    expect(({} as any).polluted).toBeUndefined();
    expect(answer.body.data?.createUser?.user?.attributes?.ok ?? 1).toBe(1);
  });

  it('D7: neither the master key nor a recovery key opens the API', async () => {
    expect((await client.graphql('{ users { totalCount } }', {}, { authorization: 'Bearer ' })).status).toBe(
      401,
    );
    for (const token of [
      adminToken.slice(1),
      `${adminToken}x`,
      adminToken.toUpperCase(),
      adminToken.slice(0, -1),
    ])
      expect(
        (await client.graphql('{ users { totalCount } }', {}, { authorization: `Bearer ${token}` })).status,
      ).toBe(401);
  });
});
