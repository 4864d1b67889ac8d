import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { mmdb } from '../support/mmdb.js';
import { adminToken, startProduct, type Product } from '../support/product.js';

const berlin = {
  country: { iso_code: 'DE' },
  city: { names: { en: 'Berlin' } },
  location: { latitude: 52.5, longitude: 13.25 },
};
const dayMs = 86_400_000;
const range = `from: "${new Date(Date.now() - 30 * dayMs).toISOString()}", to: "${new Date(Date.now() + 60_000).toISOString()}"`;

let product: Product;
let folder: string;
const admin = (query: string) => new Client(product.baseUrl).admin(query);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'places-'));
  await writeFile(join(folder, 'city.mmdb'), mmdb('GeoLite2-City', { '192.0.2.0/24': berlin }));
  product = await startProduct({ MUNIMENT_GEOIP_CITY: join(folder, 'city.mmdb') });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { body } = await new Client(product.baseUrl).graphql(
      'mutation($name: String!) { createGroup(input: {name: $name}) { position } }',
      { name: `group ${String(attempt)}` },
      {
        authorization: `Bearer ${adminToken}`,
        'x-forwarded-proto': 'https',
        'x-forwarded-for': `192.0.2.${String(attempt + 1)}`,
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
      },
    );
    expect(body.data).toBeDefined();
  }
  await product.settle();
});
afterAll(async () => {
  await product.stop();
  await rm(folder, { recursive: true });
});

describe('the event log in numbers', () => {
  it('counts by the hour say the same as the entries', async () => {
    const { rolled, counted, fine } = await admin(`{
      rolled: auditVolume(${range}, buckets: 90) { buckets bucketMs from actions { action counts } }
      counted: auditVolume(${range}, buckets: 90, filter: {query: "position > 0"}) { actions { action counts } }
      fine: auditVolume(from: "${new Date(Date.now() - 600_000).toISOString()}", to: "${new Date(Date.now() + 1000).toISOString()}", buckets: 10, filter: {actions: ["model_created"]}) { buckets bucketMs actions { action counts } } }`);
    expect(rolled.actions).toEqual(counted.actions);
    expect(rolled.actions.length).toBeGreaterThan(1);
    expect(rolled.bucketMs % 3_600_000).toBe(0);
    expect(new Date(rolled.from as string).getTime() % 3_600_000).toBe(0);
    for (const { counts } of rolled.actions) expect(counts).toHaveLength(rolled.buckets);
    const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
    expect(fine.actions.map(({ action }: any) => action)).toEqual(['model_created']);
    expect(sum(fine.actions[0].counts)).toBe(
      sum(rolled.actions.find(({ action }: any) => action === 'model_created').counts),
    );
  });

  it('top actions come in order', async () => {
    const { auditActionsTop } = await admin(`{ auditActionsTop(${range}, first: 2) { action count } }`);
    expect(auditActionsTop[0].action).toBe('model_created');
    expect(auditActionsTop[0].count).toBeGreaterThanOrEqual(auditActionsTop[1].count);
  });

  it('places are those of the moment of the request', async () => {
    const { auditPlaces } = await admin(`{ auditPlaces(${range}) { country city lat lon count newestIds } }`);
    expect(auditPlaces).toEqual([
      { country: 'DE', city: 'Berlin', lat: 52.5, lon: 13.25, count: 3, newestIds: expect.any(Array) },
    ]);
    const { auditEntry } = await admin(
      `{ auditEntry(id: "${auditPlaces[0].newestIds[0]}") { app browser geo { city } asn { number } } }`,
    );
    expect(auditEntry).toEqual({
      app: 'directory.groups',
      browser: 'Firefox 128 on Linux',
      geo: { city: 'Berlin' },
      asn: null,
    });
    const found = await admin(
      '{ auditEntries(first: 5, filter: {query: "country = DE and client.geo.lat > 50"}) { totalCount } }',
    );
    expect(found.auditEntries.totalCount).toBe(3);
    const { capabilities } = (await new Client(product.baseUrl).request('GET', '/api/v3/root/config/')).body;
    expect(capabilities).toContain('can_geo_ip');
    expect(capabilities).not.toContain('can_asn');
  });

  it('a range that ends before it begins is refused', async () => {
    await expect(
      admin('{ auditVolume(from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z") { buckets } }'),
    ).rejects.toThrow('The end lies before the beginning.');
  });
});
