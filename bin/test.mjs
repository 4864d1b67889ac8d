// All checks and all tests: npm test. What a group of tests needs beyond npm is looked for, and as root installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackSyslogNg } from './unpack-syslog-ng.mjs';
import { build } from './build.mjs';
import { check } from './check.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const inCi = process.env.CI !== undefined && process.env.CI !== '';
const groups = ['unit', 'contract', 'integration', 'protocol', 'process', 'browser'].filter((group) =>
  existsSync(join(root, 'test', group)),
);

/** Debian packages that a group needs, and the program that shows that they are there. */
const redis = { program: '/usr/bin/redis-server', packages: ['redis-server'] };
const syslog = {
  program: '/usr/sbin/rsyslogd',
  packages: ['rsyslog', 'rsyslog-gnutls'],
  further: unpackSyslogNg,
};
const needs = {
  contract: redis,
  process: redis,
  syslog,
  browser: { program: '/usr/bin/chromium', packages: ['chromium'] },
};

const install = (packages) => {
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  console.log(`Installing ${packages.join(', ')} ...`);
  return apt('update') && apt('install', '--yes', '--no-install-recommends', ...packages);
};

const syslogTest = 'test/process/syslog.test.ts';

/** The version before is built from its commit, which a shallow clone lacks. */
const former = { test: 'test/process/upgrade.test.ts', commit: '6d92f3b' };
const knowsFormer =
  spawnSync('git', ['cat-file', '-e', `${former.commit}^{commit}`], { cwd: root, stdio: 'ignore' }).status ===
  0;

const available = (group) => {
  const need = needs[group];
  if (!need) return true;
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  const installed =
    existsSync(need.program) || (mayInstall && install(need.packages) && existsSync(need.program));
  return installed && (need.further?.() ?? true);
};

let { passed, failed } = check();

if (!build()) {
  console.log('FAIL build');
  failed += 1;
} else {
  const chosen = groups.filter((group) => {
    if (available(group)) return true;
    console.log(
      `Left out: ${group} tests, because ${needs[group].program} is missing (Debian: ${needs[group].packages.join(', ')}).`,
    );
    if (inCi) failed += 1;
    return false;
  });
  if (!knowsFormer)
    console.log(
      `Left out: ${former.test}, because commit ${former.commit} is not in this clone (git fetch --unshallow).`,
    );
  const hasSyslog = available('syslog');
  if (!hasSyslog) {
    console.log(`Left out: ${syslogTest}, because rsyslog and syslog-ng-core of Debian cannot be had.`);
    if (inCi) failed += 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'muniment-report-'));
  const report = join(folder, 'report.json');
  const run = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...chosen.flatMap((group) => ['--project', group]),
      ...(knowsFormer ? [] : ['--exclude', former.test]),
      ...(hasSyslog ? [] : ['--exclude', syslogTest]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, success } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    passed += numPassedTests;
    failed += numFailedTests + (inCi ? numPendingTests : 0);
    if (!success && numFailedTests === 0) failed += 1;
  } else failed += 1;
  if (run.status !== 0 && failed === 0) failed += 1;
  rmSync(folder, { recursive: true, force: true });
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
