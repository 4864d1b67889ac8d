import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../../../bin/configuration.js';

const file = fileURLToPath(new URL('../../../docs/examples/cluster/docker-compose.yml', import.meta.url));

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[];
}

const sample = parse(readFileSync(file, 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

describe('the sample of a cluster', () => {
  it('starts what it depends on, and declares the volumes it uses', () => {
    for (const [name, service] of Object.entries(sample.services)) {
      expect(service.image, name).toMatch(/^[a-z/]+:[a-z0-9.-]+$/);
      for (const other of service.depends_on ?? []) expect(sample.services).toHaveProperty(other);
      for (const volume of service.volumes ?? []) {
        const source = volume.split(':')[0]!;
        if (!source.startsWith('.')) expect(sample.volumes).toHaveProperty(source);
      }
    }
  });

  it.each(['muniment1', 'muniment2'])('%s has settings that the product takes', (name) => {
    const environment = Object.entries(sample.services[name]!.environment!).map(([key, value]) => [
      key,
      value
        .replaceAll(/\$\{MUNIMENT_BASE_URL:\?\}/g, 'https://id.example.com')
        .replaceAll(/\$\{\w+:\?\}/g, 'x'),
    ]);
    const settings = readSettings(Object.fromEntries(environment) as Record<string, string>);
    const hosts = /@([^?]*)\?/
      .exec(settings.EVENTSTORE_URL!)![1]!
      .split(',')
      .map((host) => host.split(':')[0]!);
    for (const host of hosts) expect(sample.services).toHaveProperty(host);
  });

  it('each node of EventStoreDB knows the others', () => {
    const nodes = Object.keys(sample.services).filter((name) => name.startsWith('eventstore'));
    for (const name of nodes) {
      const seeds = sample.services[name]!.environment!['EVENTSTORE_GOSSIP_SEED']!.split(',');
      expect(seeds.sort()).toEqual(nodes.filter((other) => other !== name).map((other) => `${other}:2113`));
      expect(sample.services[name]!.environment!['EVENTSTORE_CLUSTER_SIZE']).toBe(String(nodes.length));
    }
  });
});
