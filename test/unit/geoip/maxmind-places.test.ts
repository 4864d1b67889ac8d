import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { maxmindPlaces } from '../../../adapters/geoip/maxmind-places.js';
import { mmdb } from '../../support/mmdb.js';
import { silent } from '../../support/silent-log.js';

let folder: string;
const file = (name: string): string => join(folder, name);

const berlin = {
  continent: { code: 'EU' },
  country: { iso_code: 'DE' },
  city: { names: { en: 'Berlin' } },
  location: { latitude: 52.5, longitude: 13.25 },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'places-'));
  await writeFile(
    file('city.mmdb'),
    mmdb('GeoLite2-City', { '192.0.2.0/24': berlin, '198.51.100.0/25': {} }),
  );
  await writeFile(
    file('asn.mmdb'),
    mmdb('GeoLite2-ASN', {
      '192.0.2.0/25': { autonomous_system_number: 64_500, autonomous_system_organization: 'Example' },
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe('databases of places', () => {
  it('tell place and network of an address, as far as they know them', () => {
    const places = maxmindPlaces({ city: file('city.mmdb'), asn: file('asn.mmdb') }, silent);
    expect(places.of('192.0.2.7')).toEqual({
      geo: { continent: 'EU', country: 'DE', city: 'Berlin', lat: 52.5, lon: 13.25 },
      asn: { number: 64_500, org: 'Example' },
    });
    expect(places.of('192.0.2.200')).not.toHaveProperty('asn');
    expect(places.of('198.51.100.1')).toEqual({
      geo: { continent: null, country: null, city: null, lat: null, lon: null },
    });
    for (const ip of ['203.0.113.1', '::1', 'nonsense', null]) expect(places.of(ip)).toEqual({});
  });

  it('that are not configured, missing or damaged switch off what they would tell', async () => {
    await writeFile(file('damaged.mmdb'), 'damaged');
    for (const path of [null, file('missing.mmdb'), file('damaged.mmdb')]) {
      const places = maxmindPlaces({ city: path, asn: file('asn.mmdb') }, silent);
      expect([places.knowsPlaces(), places.knowsNetworks()]).toEqual([false, true]);
      expect(places.of('192.0.2.200')).toEqual({});
    }
  });

  it('are read again when their file becomes younger; a damaged one changes nothing', async () => {
    const path = file('changing.mmdb');
    await writeFile(path, mmdb('GeoLite2-City', { '192.0.2.0/24': berlin }));
    const places = maxmindPlaces({ city: path, asn: null }, silent, 0);
    expect(places.of('192.0.2.7').geo?.city).toBe('Berlin');
    const replaced = async (content: Buffer, years: number): Promise<void> => {
      await writeFile(path, content);
      const time = new Date(Date.now() + years * 1e9);
      await utimes(path, time, time);
    };
    await replaced(
      mmdb('GeoLite2-City', { '192.0.2.0/24': { ...berlin, city: { names: { en: 'Bonn' } } } }),
      1,
    );
    await vi.waitFor(() => {
      expect(places.of('192.0.2.7').geo?.city).toBe('Bonn');
    });
    await replaced(Buffer.from('damaged'), 2);
    for (let round = 0; round < 5; round += 1) {
      expect(places.of('192.0.2.7').geo?.city).toBe('Bonn');
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});
