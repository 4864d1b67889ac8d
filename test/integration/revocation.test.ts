import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTokenCommand } from '../../commands/access/create-token.js';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

it('B4: what belonged to a deleted account does not come back with its name', async () => {
  const userId = await createPerson(product, 'phoenix', { email: 'phoenix@example.com' });
  const { key } = await product.run(createTokenCommand, { userId, identifier: 'of-the-old-one' });
  const browser = new Client(product.baseUrl);
  await browser.login('phoenix', password);
  await product.run(deleteUserCommand, { userId });
  const again = await createPerson(product, 'phoenix', { email: 'phoenix@example.com' });
  expect(again).not.toBe(userId);
  const me = async (headers: Record<string, string>): Promise<unknown> =>
    (await browser.graphql('{ me { user { id } } }', {}, headers)).body.data.me;
  expect(await me({})).toBeNull();
  expect(await me({ authorization: `Bearer ${key}` })).toBeNull();
});

it('B6: lost rights are lost at the next request', async () => {
  const userId = await createPerson(product, 'demoted');
  const groupId = product.core.ports.config.all(group).find((each) => each.values.isSuperuser)!.id;
  const browser = new Client(product.baseUrl);
  await browser.login('demoted', password);
  const mayAdminister = async (): Promise<boolean> =>
    (await browser.graphql('{ me { canAdminister } }')).body.data.me.canAdminister as boolean;
  const admin = new Client(product.baseUrl);
  for (let round = 0; round < 50; round += 1) {
    await product.run(grantMembershipCommand, { userId, groupId });
    expect(await mayAdminister()).toBe(true);
    await admin.admin(
      `mutation { revokeMembership(groupId: "${groupId}", userId: "${userId}") { position } }`,
    );
    expect(await mayAdminister()).toBe(false);
  }
});

it('D2: a secret does not move to another host with a changed address', async () => {
  const model = notificationTransport as unknown as Model;
  const { id } = await product.run(createModelCommand(model), {
    values: {
      name: 'hook',
      mode: 'webhook',
      webhookUrl: 'https://hooks.example.com/a',
      webhookSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    },
  });
  const change = (values: Record<string, unknown>) => product.run(changeModelCommand(model), { id, values });
  await change({ webhookUrl: 'https://hooks.example.com/b' });
  await expect(change({ webhookUrl: 'https://evil.example/b' })).rejects.toMatchObject({
    fields: [{ path: 'webhookSecret' }],
  });
  await change({
    webhookUrl: 'https://other.example/b',
    webhookSecret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  });
});
