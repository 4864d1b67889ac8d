import { afterEach, describe, expect, it } from 'vitest';
import { setupCode } from '../../commands/flow/setup-code.js';
import { Client } from '../support/client.js';
import { adminToken, startProduct, type Product } from '../support/product.js';

const withoutPassword = { MUNIMENT_BOOTSTRAP_PASSWORD: '' };
const answer = {
  email: 'first@example.com',
  password: 'a long enough password',
  password_repeat: 'a long enough password',
};
const remote = { host: '192.0.2.10', 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };
const executor = '/api/v3/flows/executor/initial-setup/?query=';

let product: Product;
afterEach(() => product.stop());

describe('A6: the initial set-up', () => {
  it('names the first administrator, signs him in, and never opens again', async () => {
    product = await startProduct(withoutPassword);
    const client = new Client(product.baseUrl);
    const done = await client.flow('initial-setup', [answer]);
    expect(done.body.component).toBe('xak-flow-redirect');
    const me = await client.graphql('{ me { user { username email } canAdminister } }');
    expect(me.body.data.me).toEqual({
      user: { username: 'akadmin', email: 'first@example.com' },
      canAdminister: true,
    });
    expect((await new Client(product.baseUrl).flow('initial-setup', [])).body.component).toBe(
      'ak-stage-access-denied',
    );
    expect((await client.login('akadmin', answer.password)).body.component).toBe('xak-flow-redirect');
  });

  it('stays open when a first visitor leaves halfway', async () => {
    product = await startProduct(withoutPassword);
    await new Client(product.baseUrl).flow('initial-setup', []);
    const done = await new Client(product.baseUrl).flow('initial-setup', [answer]);
    expect(done.body.component).toBe('xak-flow-redirect');
  });

  it('stays closed when the first administrator is renamed or deleted', async () => {
    product = await startProduct();
    const client = new Client(product.baseUrl);
    const { users, groups } = await client.admin('{ users { nodes { id } } groups { nodes { id } } }');
    await client.admin(
      `mutation { updateUser(id: "${users.nodes[0].id as string}", input: { username: "renamed" }) { position } }`,
    );
    expect((await new Client(product.baseUrl).flow('initial-setup', [])).body.component).toBe(
      'ak-stage-access-denied',
    );
    const { createUser } = await client.admin(
      'mutation { createUser(input: { username: "second" }) { user { id } } }',
    );
    await client.admin(
      `mutation { grantMembership(groupId: "${groups.nodes[0].id as string}", userId: "${createUser.user.id as string}") { position } }`,
    );
    await client.admin(
      `mutation { createToken(userId: "${createUser.user.id as string}", identifier: "second") { position } }`,
    );
    const deleted = await client.graphql(
      `mutation { deleteUser(id: "${users.nodes[0].id as string}") { position } }`,
      {},
      { authorization: `Bearer ${adminToken}` },
    );
    expect(deleted.body.errors[0].extensions.code).toBe('CANNOT_DELETE_SELF');
  });

  it('of two who finish at once one wins', async () => {
    product = await startProduct(withoutPassword);
    const clients = [new Client(product.baseUrl), new Client(product.baseUrl)];
    const ends = await Promise.all(
      clients.map((client, index) =>
        client.flow('initial-setup', [{ ...answer, email: `admin${String(index)}@example.com` }]),
      ),
    );
    expect(ends.filter((end) => end.body.component === 'xak-flow-redirect')).toHaveLength(1);
  });

  it('from elsewhere asks for the code of the start line', async () => {
    product = await startProduct(withoutPassword);
    const without = await product.app.inject({ method: 'GET', url: executor, headers: remote });
    expect(without.json()).toMatchObject({ component: 'ak-stage-access-denied' });
    const wrong = await product.app.inject({
      method: 'GET',
      url: `${executor}code%3Dwrong`,
      headers: remote,
    });
    expect(wrong.json()).toMatchObject({ component: 'ak-stage-access-denied' });
    const right = await product.app.inject({
      method: 'GET',
      url: `${executor}code%3D${setupCode(product.core.ports)}`,
      headers: remote,
    });
    expect(right.json()).toMatchObject({ component: 'ak-stage-prompt' });
  });

  it('shows at the field what is wrong, and loses nothing', async () => {
    product = await startProduct(withoutPassword);
    const client = new Client(product.baseUrl);
    const errors = async (given: Record<string, unknown>): Promise<any> =>
      (await client.flow('initial-setup', [given])).body.response_errors;
    expect(await errors({ ...answer, password_repeat: 'different' })).toMatchObject({
      non_field_errors: [{ string: "Passwords don't match." }],
    });
    expect(await errors({ ...answer, password: 'short', password_repeat: 'short' })).toMatchObject({
      password: [{ code: 'password_unsuitable' }],
    });
    expect(await errors({ ...answer, email: 'not an address' })).toMatchObject({
      email: [{ code: 'invalid' }],
    });
    expect(await errors({})).toHaveProperty('password');
    expect((await client.flow('initial-setup', [answer])).body.component).toBe('xak-flow-redirect');
  });
});
