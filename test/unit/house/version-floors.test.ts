import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Versions below these have known holes that matter here. */
const floors: Readonly<Record<string, string>> = {
  fastify: '5.3.2',
  mercurius: '16.8.0',
  undici: '7.0.0',
  '@fastify/websocket': '11.0.0',
  ws: '8.17.1',
};

const parts = (version: string): number[] => version.split('.').map(Number);
const isBelow = (version: string, floor: string): boolean => {
  const [have, want] = [parts(version), parts(floor)];
  const at = have.findIndex((part, index) => part !== want[index]);
  return at !== -1 && have[at]! < want[at]!;
};

it('G9: every locked copy of a package stands at its floor or above', () => {
  const { packages } = JSON.parse(
    readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8'),
  ) as { packages: Record<string, { version?: string }> };
  for (const [name, floor] of Object.entries(floors)) {
    const copies = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    expect(copies.length, name).toBeGreaterThan(0);
    for (const [path, { version = '0' }] of copies)
      expect(isBelow(version, floor), `${path} ${version}`).toBe(false);
  }
});

it('G9: dependencies are pinned to one version each', () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
});
