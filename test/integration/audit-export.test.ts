import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportEventLogCommand } from '../../commands/audit/export-event-log.js';
import { exportWriters } from '../../domain/audit/export.js';
import { auditEntry } from '../support/audit-entry.js';
import { Client, type Answer } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { adminPassword, adminToken, startProduct, type Product } from '../support/product.js';

let product: Product;

const download = (query: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Client(product.baseUrl).request('GET', `/api/audit/export?${query}`, { headers });
const asAdmin = (query: string): Promise<Answer> =>
  download(query, { authorization: `Bearer ${adminToken}` });

beforeAll(async () => {
  product = await startProduct();
  await createPerson(product, 'ana', { name: '=HYPERLINK("http://evil.example")' });
});
afterAll(() => product.stop());

describe('the event log as a file', () => {
  it('is read by those who may see it', async () => {
    expect((await download('format=csv')).status).toBe(401);
    const ana = new Client(product.baseUrl);
    await ana.login('ana', password);
    expect((await ana.request('GET', '/api/audit/export?format=csv')).status).toBe(403);
  });

  it('W2: is not begun by a link on another site', async () => {
    const admin = new Client(product.baseUrl);
    await admin.login('akadmin', adminPassword);
    const follow = (site: string): Promise<Answer> =>
      admin.request('GET', '/api/audit/export?format=csv', { headers: { 'sec-fetch-site': site } });
    expect((await follow('cross-site')).status).toBe(403);
    expect((await follow('same-origin')).status).toBe(200);
  });

  it('holds what the query asks for, as CSV', async () => {
    const { status, headers, text } = await asAdmin('format=csv&query=target.label+%3D+ana');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/csv');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="event-log-.*\.csv"$/);
    const [head, ...lines] = text.trimEnd().split('\r\n');
    expect(head).toMatch(/^occurredAt,action,severity/);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toContain(',user,');
  });

  it('W9: gives spreadsheets no formula', () => {
    const line = exportWriters.csv.line(
      auditEntry('login', {
        reason: '=1+1',
        comment: '@SUM(A1)',
        actor: { type: 'user', id: '-2', label: '+3 "quoted"\n' },
      }),
      '',
    );
    for (const text of [",'=1+1,", ",'@SUM(A1),", ",'-2,", `,"'+3 ""quoted""\n",`])
      expect(line).toContain(text);
  });

  it('holds the same entries as NDJSON and as OCSF', async () => {
    const linesOf = async (format: string): Promise<any[]> =>
      (await asAdmin(`format=${format}&query=action+%3D+model_created`)).text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const native = await linesOf('ndjson');
    const ocsf = await linesOf('ocsf');
    expect(native.length).toBeGreaterThan(3);
    expect(native.map(({ action }) => action)).toEqual(native.map(() => 'model_created'));
    expect(ocsf.map(({ metadata }) => metadata.uid)).toEqual(native.map(({ id }) => id));
  });

  it('is itself an entry, whose query only the key of the one who asked opens', async () => {
    await product.run(
      exportEventLogCommand,
      { format: 'csv', query: 'secret-name' },
      { actor: { type: 'user', id: '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f', label: 'x' } },
    );
    await product.settle();
    const { auditEntries } = await new Client(product.baseUrl).admin(
      '{ auditEntries(first: 1, filter: {query: "action = export_ready"}) { nodes { severity context } } }',
    );
    expect(auditEntries.nodes).toEqual([
      { severity: 'warning', context: expect.objectContaining({ format: 'csv', query: 'secret-name' }) },
    ]);
    const { store } = product.core.ports;
    const events = await store.readAll({ after: (await store.head()) - 1n, limit: 1 });
    expect(events[0]!.type).toBe('activity.audit.exported');
    expect(JSON.stringify(events[0]!.data)).not.toContain('secret-name');
  });

  it('is refused, and nothing recorded, for what cannot be read', async () => {
    const head = await product.core.ports.store.head();
    for (const query of ['format=pdf', 'format=csv&query=colour+%3D+red', 'format=csv&from=soon']) {
      const { status, body } = await asAdmin(query);
      expect([query, status, body.code]).toEqual([query, 400, 'INVALID_INPUT']);
    }
    expect(await product.core.ports.store.head()).toBe(head);
  });
});
