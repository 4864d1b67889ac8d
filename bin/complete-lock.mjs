// Adds to package-lock.json the optional packages of other platforms that the registry at hand does not offer. Without
// them `npm ci` refuses the lock file everywhere. Run after adding a dependency: npm run lock
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(path, 'utf8'));
const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'x64', 'ia32', 'riscv64', 's390x', 'ppc64', 'wasm32', 'arm'];

const missing = new Map();
for (const [place, entry] of Object.entries(lock.packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {}))
    if (!Object.keys(lock.packages).some((known) => known.endsWith(`node_modules/${name}`)))
      missing.set(name, { version, dev: entry.dev === true || place === '' });

for (const [name, { version, dev }] of missing) {
  const system = systems.find((candidate) => name.includes(candidate));
  const processor = processors.find((candidate) => name.includes(candidate));
  lock.packages[`node_modules/${name}`] = {
    version: version.replace(/^[\^~]/, ''),
    ...(processor ? { cpu: [processor] } : {}),
    ...(dev ? { dev: true } : {}),
    optional: true,
    ...(system ? { os: [system] } : {}),
  };
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.size} packages of other platforms added`);
