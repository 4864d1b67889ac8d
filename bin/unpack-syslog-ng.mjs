// Debian lets only one syslog server be installed at a time: the second is unpacked beside it, and runs from there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const syslogNgFolder = '/var/cache/muniment-tests/syslog-ng';

const packages = ['syslog-ng-core', 'libivykis0', 'libnet1', 'libpcre3', 'libwrap0'];

export const hasSyslogNg = () => existsSync(join(syslogNgFolder, 'usr/sbin/syslog-ng'));

/** Downloads and unpacks it. True when it is there afterwards. */
export const unpackSyslogNg = () => {
  if (hasSyslogNg()) return true;
  const parts = join(syslogNgFolder, 'parts');
  mkdirSync(parts, { recursive: true });
  spawnSync('apt-get', ['download', ...packages], { cwd: parts, stdio: 'ignore' });
  for (const file of readdirSync(parts))
    spawnSync('dpkg-deb', ['-x', join(parts, file), syslogNgFolder], { stdio: 'ignore' });
  rmSync(parts, { recursive: true, force: true });
  return hasSyslogNg();
};
