import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenCommand } from '../../commands/access/create-token.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { rotateSubjectKeyCommand } from '../../commands/privacy/rotate-subject-key.js';
import { eraseOldVisitors } from '../../workers/erase-visitors.js';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';
import { differencesFromFold } from '../support/fresh-fold.js';

let product: Product;
let admin: Client;

beforeAll(async () => {
  product = await startProduct();
  admin = new Client(product.baseUrl);
  await admin.login('akadmin', adminPassword);
});
afterAll(() => product.stop());

const erase = `mutation ($userId: ID!, $reason: String!) {
  eraseSubject(input: { userId: $userId, legalBasis: consent_withdrawn, reason: $reason }) {
    userId keyDigest keysDestroyed secretsDestroyed backupsExpireAt position
  }
}`;
const hold = `mutation ($userId: ID!, $matter: String!) {
  placeLegalHold(input: { userId: $userId, matter: $matter, reason: "asked by the court" }) { holdId }
}`;
const release = `mutation ($userId: ID!, $holdId: ID!) {
  releaseLegalHold(input: { userId: $userId, holdId: $holdId, reason: "closed" }) { holdId }
}`;

/** A person who has left traces in every read model, all of them with a word that nothing else holds. */
const personWithTraces = async (word: string): Promise<{ id: string; browser: Client }> => {
  const id = await createPerson(product, word);
  await product.run(updateUserCommand, {
    userId: id,
    name: `${word} Name`,
    email: `${word}@example.com`,
    attributes: { note: `${word} note`, upn: `${word}@upn` },
  });
  await product.run(createTokenCommand, {
    userId: id,
    identifier: `${word}-token`,
    description: `${word} text`,
  });
  const browser = new Client(product.baseUrl);
  await browser.request('GET', '/', { headers: { 'user-agent': `${word}-agent` } });
  await browser.login(word, 'not the password');
  await browser.login(word, password);
  await product.settle();
  return { id, browser };
};

const everyRow = async (): Promise<string> => {
  const { rows: tables } = await product.core.pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await product.core.pool.query(`select t::text as row from ${name} t`);
      return rows.map((row) => `${name} ${row.row}`);
    }),
  );
  return texts.flat().join('\n');
};
const linesWith = (text: string, word: string): string[] =>
  text.split('\n').filter((line) => line.includes(word));

describe('erasing a person', () => {
  it('D5: nothing of what was personal is left, in read models, vault, claims or logs; the entries stay', async () => {
    const { id, browser } = await personWithTraces('zerlina');
    expect((await browser.graphql('{ me { user { username } } }')).body.data.me.user.username).toBe(
      'zerlina',
    );
    const before = await everyRow();
    expect(linesWith(before, 'zerlina').length).toBeGreaterThan(5);
    const entries = async (): Promise<number> => {
      const { rows } = await product.core.pool.query(
        'select count(*)::int as n from audit_v3.entry where actor_id = $1 or target_id = $1',
        [id],
      );
      return rows[0].n as number;
    };
    const had = await entries();
    const { body } = await admin.graphql(erase, { userId: id, reason: 'asked in writing' });
    expect(body.errors).toBeUndefined();
    expect(body.data.eraseSubject).toMatchObject({ userId: id, keysDestroyed: 1, secretsDestroyed: 1 });
    expect(body.data.eraseSubject.keyDigest).toMatch(/^[0-9a-f]{64}$/);
    await product.settle();
    const after = await everyRow();
    expect(linesWith(after, 'zerlina')).toEqual([]);
    expect(linesWith(after, `user/${id}/`).filter((line) => line.startsWith('es.vault'))).toEqual([]);
    expect(linesWith(after, id).filter((line) => line.startsWith('es.claim'))).toEqual([]);
    expect(await entries()).toBeGreaterThan(had);
    expect((await browser.graphql('{ me { user { username } } }')).body.data.me).toBeNull();
    const stored = await product.core.ports.store.readStream(`user-${id}`);
    const [created] = await product.core.ports.sealer.openEvents(stored);
    expect(created!.data).toMatchObject({ userId: id, username: '[erased]', attributes: '[erased]' });
    const told = await admin.graphql(
      `{ erasure(id: "${id}") { legalBasis requestedBy keyDigest } user(id: "${id}") { id } }`,
    );
    expect(told.body.data).toMatchObject({
      user: null,
      erasure: { legalBasis: 'consent_withdrawn', requestedBy: 'subject' },
    });
  });

  it('the second erasure gets the same answer and appends nothing', async () => {
    const { id } = await personWithTraces('yolanda');
    const first = (await admin.graphql(erase, { userId: id, reason: 'x' })).body.data.eraseSubject;
    const head = await product.core.ports.store.head();
    const second = (await admin.graphql(erase, { userId: id, reason: 'x' })).body.data.eraseSubject;
    expect(second).toMatchObject({ userId: id, keyDigest: first.keyDigest, keysDestroyed: 1 });
    expect(await product.core.ports.store.head()).toBe(head);
  });

  it('R4: read models made anew from the log are those that were erased, row by row', async () => {
    const { id } = await personWithTraces('xenia');
    await personWithTraces('walter');
    await admin.graphql(erase, { userId: id, reason: 'x' });
    await product.settle();
    expect(await differencesFromFold(product)).toEqual({});
  });

  it('nobody gives an erased person a key again', async () => {
    const { id } = await personWithTraces('viola');
    await admin.graphql(erase, { userId: id, reason: 'x' });
    const { sealer, ids } = product.core.ports;
    const event = {
      id: ids.next('event'),
      type: 'user.renamed',
      data: { userId: id, name: 'viola again', was: 'viola' },
      meta: {
        actor: { type: 'system', id: 'x', label: null },
        onBehalfOf: null,
        client: null,
        reason: null,
        claims: [],
      },
    };
    const [sealed] = await sealer.sealEvents([event as never], 'operators');
    expect(JSON.stringify(sealed)).not.toContain('viola');
    const [opened] = await sealer.openEvents([
      {
        ...event,
        ...sealed!,
        stream: `user-${id}`,
        revision: 9,
        version: 1,
        position: 1n,
        at: new Date(),
        recordedAt: new Date(),
      },
    ]);
    expect(opened!.data).toMatchObject({ name: '[erased]' });
    await product.core.pool.query(
      `insert into keys.subject_key (subject, version, wrapped) values ($1, 1, 'x')`,
      [id],
    );
    const { rows } = await product.core.pool.query('select 1 from keys.subject_key where subject = $1', [id]);
    expect(rows).toEqual([]);
  });

  it('is refused without a fresh login, without a reason, for oneself and for strangers', async () => {
    const { id, browser } = await personWithTraces('ulrich');
    const code = (answer: any): string => answer.body.errors?.[0]?.extensions.code as string;
    expect(code(await admin.graphql(erase, { userId: id, reason: ' ' }))).toBe('INVALID_INPUT');
    expect(code(await browser.graphql(erase, { userId: id, reason: 'x' }))).toBe('FORBIDDEN');
    await expect(admin.admin(erase, { userId: id, reason: 'x' })).rejects.toThrow('FORBIDDEN');
    expect(
      code(await admin.graphql(erase, { userId: product.core.ports.ids.next('user'), reason: 'x' })),
    ).toBe('NOT_FOUND');
    const { id: me, canErase } = (await admin.graphql('{ me { user { id canErase } } }')).body.data.me.user;
    expect(canErase).toBe(false);
    expect(code(await admin.graphql(erase, { userId: me, reason: 'x' }))).toBe('CANNOT_DELETE_SELF');
  });
});

describe('a legal hold', () => {
  it('forbids to erase until it is released, and its matter is sealed', async () => {
    const { id } = await personWithTraces('tamara');
    const { holdId } = (await admin.graphql(hold, { userId: id, matter: 'secret-matter' })).body.data
      .placeLegalHold;
    const refused = await admin.graphql(erase, { userId: id, reason: 'x' });
    expect(refused.body.errors[0].extensions.code).toBe('LEGAL_HOLD');
    const shown = await admin.graphql(
      `{ user(id: "${id}") { canErase canHold legalHolds { id matter reason placedBy { username } } } }`,
    );
    expect(shown.body.data.user).toEqual({
      canErase: true,
      canHold: true,
      legalHolds: [
        {
          id: holdId,
          matter: 'secret-matter',
          reason: 'asked by the court',
          placedBy: { username: 'akadmin' },
        },
      ],
    });
    const log = linesWith(await everyRow(), 'secret-matter').map((line) => line.split(' ')[0]);
    expect(new Set(log)).toEqual(new Set(['privacy_v1.hold', 'audit_v3.entry']));
    await admin.graphql(release, { userId: id, holdId });
    expect((await admin.graphql(erase, { userId: id, reason: 'x' })).body.errors).toBeUndefined();
    await product.settle();
    expect(linesWith(await everyRow(), 'secret-matter')).toEqual([]);
  });
});

describe('keys of subjects', () => {
  it('D4: a new version seals what comes, the old one still opens what it sealed', async () => {
    const { id } = await personWithTraces('sandor');
    await product.run(rotateSubjectKeyCommand, { subject: id });
    await product.run(updateUserCommand, { userId: id, name: 'Sandor Anew' });
    const stored = await product.core.ports.store.readStream(`user-${id}`);
    const versions = stored.flatMap(({ data }) =>
      Object.values(data as Record<string, any>).map((value) => value?.k),
    );
    expect(new Set(versions.filter(Boolean))).toEqual(new Set([1, 2]));
    const opened = await product.core.ports.sealer.openEvents(stored);
    expect(opened[0]!.data).toMatchObject({ username: 'sandor' });
    expect(opened.at(-1)!.data).toMatchObject({ name: 'Sandor Anew' });
    const { body } = await admin.graphql(erase, { userId: id, reason: 'x' });
    expect(body.data.eraseSubject.keysDestroyed).toBe(2);
  });

  it('D5: what visitors of a month left is erased when their activity need not be kept any longer', async () => {
    await new Client(product.baseUrl).login('nobody-of-that-name', 'x');
    await product.settle();
    const visitors = await product.core.ports.subjects.visitors();
    expect(visitors.length).toBe(1);
    const ips = async (): Promise<number> =>
      (
        await product.core.pool.query(
          `select count(*)::int as n from audit_v3.entry where actor_type = 'anonymous' and ip is not null`,
        )
      ).rows[0].n as number;
    expect(await ips()).toBeGreaterThan(0);
    await eraseOldVisitors(product.core.ports, 24 * 3600 * 1000);
    expect(await product.core.ports.subjects.visitors()).toEqual(visitors);
    const later = {
      ...product.core.ports,
      clock: { now: () => new Date(Date.now() + 62 * 24 * 3600 * 1000) },
    };
    await eraseOldVisitors(later, 24 * 3600 * 1000);
    await product.settle();
    await expect
      .poll(async () => (await product.core.ports.subjects.visitors()).includes(visitors[0]!))
      .toBe(false);
    expect(await ips()).toBe(0);
    expect(await differencesFromFold(product)).toEqual({});
  });
});
