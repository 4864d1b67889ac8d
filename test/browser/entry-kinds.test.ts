import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { sendTestEmailCommand } from '../../commands/mail/send-test-email.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { placeLegalHoldCommand, releaseLegalHoldCommand } from '../../commands/privacy/legal-hold.js';
import { auditActions, type AuditAction } from '../../domain/audit/fact.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import { reportedTask } from '../../workers/reported-task.js';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn, type Person } from '../support/browser.js';
import { Client } from '../support/client.js';
import { Mailbox } from '../support/mailbox.js';
import { authorizeUrl, createPerson, password } from '../support/oauth.js';
import { adminPassword, adminToken, startProduct, type Product } from '../support/product.js';
import { browse, createRelyingParty } from '../support/relying-party.js';

let product: Product;
let browser: Browser;
let mailbox: Mailbox;
let admin: Person;
let janeId: string;

const bearer = { authorization: `Bearer ${adminToken}` };
const model = (declared: unknown): Model => declared as Model;

/** Things that happen: at least one entry of every kind that the product writes today. */
const happen = async (): Promise<void> => {
  const api = new Client(product.baseUrl);
  janeId = await createPerson(product, 'jane', { email: 'jane@example.com' });
  const jane = new Client(product.baseUrl);
  await jane.login('jane', 'not the password');
  await jane.login('jane', password);
  const party = await createRelyingParty(product, { slug: 'wiki' });
  await browse(jane, product, authorizeUrl(party), {});
  await browse(jane, product, authorizeUrl(party, { redirect_uri: 'https://evil.example/' }), {});
  await jane.flow('default-invalidation-flow', []);
  await api.flow('default-authentication-flow', [], 'next=https://evil.example/');
  await api.admin(`mutation { rotateClientSecret(id: "${party.providerId}") { position } }`);
  await product.run(updateUserCommand, { userId: janeId, name: 'Jane Doe', isActive: true }, { via: 'flow' });
  const { id: groupId } = await product.run(createModelCommand(model(group)), { values: { name: 'staff' } });
  await product.run(grantMembershipCommand, { userId: janeId, groupId });
  await product.run(changeModelCommand(model(oauth2Provider)), {
    id: party.providerId,
    values: { accessTokenValidity: 'minutes=7', clientSecret: 'another secret of this client' },
  });
  await product.run(deleteModelCommand(model(group)), { id: groupId });
  await product.run(sendTestEmailCommand, { to: 'jane@example.com' });
  const transport = product.core.ports.config.all(notificationTransport)[0]!;
  await api.admin(`mutation { testNotificationTransport(id: "${transport.id}") { delivered } }`);
  const reason = 'asked by the court';
  const { holdId } = await product.run(
    placeLegalHoldCommand,
    { userId: janeId, matter: 'Case 7' },
    { reason },
  );
  await product.run(releaseLegalHoldCommand, { userId: janeId, holdId }, { reason: 'over' });
  const boss = new Client(product.baseUrl);
  await boss.login('akadmin', adminPassword);
  await boss.graphql(
    `mutation { startImpersonation(input: {userId: "${janeId}", reason: "Ticket 4711"}) { position } }`,
  );
  await boss.graphql('mutation { stopImpersonation { position } }');
  await api.request('GET', '/api/audit/export?format=csv&query=jane', { headers: bearer });
  await product.core.pool.query('alter table privacy_v1.hold rename to gone');
  await api.graphql('{ users(first: 1) { nodes { legalHolds { id } } } }', {}, bearer);
  await product.core.pool.query('alter table privacy_v1.gone rename to hold');
  const task = reportedTask(product.core.ports, 'sweep', () => Promise.reject(new RangeError('no')));
  await expect(task()).rejects.toThrow();
  await product.settle();
};

beforeAll(async () => {
  mailbox = await Mailbox.start();
  [product, browser] = await Promise.all([
    startProduct({
      MUNIMENT_EMAIL_HOST: '127.0.0.1',
      MUNIMENT_EMAIL_PORT: String(mailbox.port),
      MUNIMENT_EMAIL_FROM: 'muniment@example.com',
    }),
    openBrowser(),
  ]);
  await happen();
  admin = await openSignedIn(browser, product, '/if/admin/', { viewport: narrow });
});

afterAll(async () => {
  await admin.context.close();
  await browser.close();
  await product.stop();
  await mailbox.stop();
});

/** What the details of an entry show of what its action tells; the query picks the entry where there are several. */
const shown: Partial<Record<AuditAction, { readonly query?: string; readonly texts: readonly string[] }>> = {
  login: { query: 'actor.label = jane', texts: ['Way of signing in', 'Method', 'Password'] },
  login_failed: { texts: ['Attempted to sign in as jane', 'The password was wrong', 'Stage'] },
  logout: { query: 'actor.label = jane', texts: ['Sign-out', 'Reason', 'Signed out'] },
  user_write: { texts: ['Changes', 'Name', 'Jane Doe', 'A new user', 'No'] },
  suspicious_request: {
    texts: ['What is suspicious', 'belongs to somebody else', 'Address to go on to', 'https://evil.example/'],
  },
  password_set: { texts: ['Facts', 'jane'] },
  secret_view: { texts: ['Secret', 'Provider of wiki', 'What was viewed', 'Client secret'] },
  secret_rotate: { query: 'target.type = provider', texts: ['Provider of wiki'] },
  authorize_application: {
    texts: ['Authorised application', 'App wiki', 'Using flow', 'Scopes', 'openid', 'jane'],
  },
  impersonation_started: { texts: ['jane', 'Ticket 4711'] },
  impersonation_ended: { texts: ['jane', 'Cause', 'Stopped by hand'] },
  flow_execution: { query: 'reason = completed', texts: ['Run of the flow', 'Completed', 'solved'] },
  system_exception: { texts: ['Exception', 'POST /graphql', 'Number of the error'] },
  system_task_exception: { texts: ['The task sweep has failed: RangeError'] },
  configuration_error: { texts: ['What is wrong', 'Provider of wiki', 'App wiki'] },
  model_created: { query: 'target.label = staff', texts: ['staff', 'Group', 'Name'] },
  model_updated: {
    query: 'target.type = provider',
    texts: ['Access token validity', 'minutes=7', 'Client secret', 'Changed; what it is stays secret'],
  },
  model_deleted: { query: 'target.label = staff', texts: ['staff', 'Name'] },
  email_sent: {
    query: 'target.label = jane',
    texts: ['E-mail', 'jane@example.com', 'muniment@example.com', 'Show the body'],
  },
  export_ready: { texts: ['What was taken away', 'csv', 'jane'] },
  legal_hold_placed: { texts: ['Legal hold', 'Case 7', 'asked'] },
  legal_hold_released: { texts: ['Legal hold', 'over'] },
  custom_notification_test: { texts: ['Test', 'Message'] },
};

/** Actions that need a part of the product that is not there yet, or that tests of that part look at. */
const elsewhere: readonly AuditAction[] = [
  'configuration_warning',
  'erasure_completed',
  'invitation_used',
  'policy_exception',
  'policy_execution',
  'property_mapping_exception',
  'secret_rotate',
  'sink_dead_letter',
  'sink_paused',
  'source_linked',
  'system_task_execution',
  'update_available',
];

it('every action is either looked at here or named as one that is not', () => {
  expect(auditActions.filter((action) => !(action in shown) && !elsewhere.includes(action))).toEqual([]);
});

it.each(Object.entries(shown))(
  'details of %s tell what happened, in words',
  async (action, { query, texts }) => {
    const { page, visit, faults } = admin;
    const search = query === undefined ? '' : `&search=${encodeURIComponent(query)}`;
    await visit(`/if/admin/events/log?action=${action}${search}`);
    const entry = page.locator('[data-entry]').first();
    await entry.getByRole('button', { name: /^Details of / }).click();
    for (const text of texts) await expect.poll(() => entry.textContent()).toContain(text);
    await entry.getByText('Show raw data').click();
    expect(await entry.getByRole('region', { name: 'Show raw data' }).textContent()).toContain(
      `"action": "${action}"`,
    );
    expect(await overhang(page)).toBe(0);
    expect(await seriousProblems(page)).toEqual([]);
    expect(faults).toEqual([]);
  },
);

it('a membership is told with the name that its member had then', async () => {
  const { page, visit } = admin;
  await product.run(updateUserCommand, { userId: janeId, username: 'jane-married' });
  await visit('/if/admin/events/log?action=model_updated&search=target.label+%3D+staff');
  const entry = page.locator('[data-entry]').first();
  await entry.getByRole('button', { name: /^Details of / }).click();
  await entry.getByText('Members', { exact: true }).waitFor();
  const change = entry.getByRole('listitem').filter({ hasText: 'Members' });
  expect(await change.textContent()).toContain('jane');
  expect(await change.textContent()).not.toContain('jane-married');
});
