import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createSelfSigned } from '../../adapters/tls/self-signed.js';
import { freePort } from '../../bin/free-port.mjs';
import { syslogNgFolder } from '../../bin/unpack-syslog-ng.mjs';

export type SyslogTransport = 'tcp' | 'tls' | 'udp';

interface Paths {
  readonly folder: string;
  readonly port: number;
  readonly transport: SyslogTransport;
  /** Only who shows this certificate may connect. */
  readonly client: string | null;
}

const rsyslog = ({ folder, port, transport, client }: Paths): { config: string; command: string[] } => ({
  config: `
global(workDirectory="${folder}" maxMessageSize="64k"
  DefaultNetstreamDriverCAFile="${folder}/${client === null ? 'cert' : 'client'}.pem" DefaultNetstreamDriverCertFile="${folder}/cert.pem"
  DefaultNetstreamDriverKeyFile="${folder}/key.pem")
module(load="imtcp" ${transport === 'tls' ? 'StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="' + (client === null ? 'anon"' : 'x509/certvalid"') : ''})
input(type="imtcp" address="127.0.0.1" port="${String(port)}")
${transport === 'udp' ? `module(load="imudp")\ninput(type="imudp" address="127.0.0.1" port="${String(port)}")` : ''}
template(name="parsed" type="string" string="%app-name% %msgid% %structured-data% %msg%\\n")
action(type="omfile" file="${folder}/received" template="parsed")
`,
  command: ['/usr/sbin/rsyslogd', '-n', '-f', `${folder}/config`, '-i', `${folder}/pid`],
});

const syslogNg = ({ folder, port, transport }: Paths): { config: string; command: string[] } => ({
  config: `@version: 3.38
options { log-msg-size(65536); stats-freq(0); };
source s { syslog(ip(127.0.0.1) port(${String(port)}) transport("${transport}") ${
    transport === 'tls'
      ? `tls(key-file("${folder}/key.pem") cert-file("${folder}/cert.pem") peer-verify(optional-untrusted))`
      : ''
  }); };
destination d { file("${folder}/received" template("$PROGRAM $MSGID $SDATA $MSG\\n")); };
log { source(s); destination(d); };
`,
  command: [
    `${syslogNgFolder}/usr/sbin/syslog-ng`,
    '-F',
    '--no-caps',
    '-f',
    `${folder}/config`,
    '-R',
    `${folder}/persist`,
    '-c',
    `${folder}/control`,
    '-p',
    `${folder}/pid`,
    `--module-path=${syslogNgFolder}/usr/lib/syslog-ng/3.38`,
  ],
});

const programs = { rsyslog, 'syslog-ng': syslogNg } as const;
export type SyslogProgram = keyof typeof programs;

/** One of Debian's syslog servers, of a test's own, that may be killed and started again on the same port. */
export class SyslogServer {
  readonly port: number;
  readonly certificate: string;
  readonly #paths: Paths;
  readonly #program: SyslogProgram;
  #child: ChildProcess | null = null;

  private constructor(program: SyslogProgram, paths: Paths, certificate: string) {
    this.#program = program;
    this.#paths = paths;
    this.port = paths.port;
    this.certificate = certificate;
  }

  static async start(
    program: SyslogProgram,
    transport: SyslogTransport,
    client: string | null = null,
  ): Promise<SyslogServer> {
    const folder = await mkdtemp(join(tmpdir(), 'muniment-syslog-'));
    const port = await freePort();
    const { certificate, privateKey } = await createSelfSigned({
      commonName: 'localhost',
      days: 2,
      use: 'server',
      names: [
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ],
    });
    await writeFile(join(folder, 'cert.pem'), certificate);
    await writeFile(join(folder, 'key.pem'), privateKey);
    if (client !== null) await writeFile(join(folder, 'client.pem'), client);
    const server = new SyslogServer(program, { folder, port, transport, client }, certificate);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const { config, command } = programs[this.#program](this.#paths);
    await writeFile(join(this.#paths.folder, 'config'), config);
    const [path = '', ...options] = command;
    const child = spawn(path, options, {
      stdio: 'ignore',
      env: {
        ...process.env,
        LD_LIBRARY_PATH: [
          `${syslogNgFolder}/usr/lib/syslog-ng`,
          `${syslogNgFolder}/usr/lib/x86_64-linux-gnu`,
          `${syslogNgFolder}/lib/x86_64-linux-gnu`,
        ].join(':'),
      },
    });
    this.#child = child;
    await vi.waitFor(
      () =>
        new Promise<void>((resolve, reject) => {
          if (child.exitCode !== null) reject(new Error(`${this.#program} has ended`));
          const socket = connect(this.port, '127.0.0.1', () => {
            socket.destroy();
            resolve();
          });
          socket.on('error', reject);
        }),
      { timeout: 10_000, interval: 50 },
    );
  }

  /** Lines received so far: program, message id, structured data, text. */
  async lines(): Promise<readonly string[]> {
    const path = join(this.#paths.folder, 'received');
    return existsSync(path) ? (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '') : [];
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await rm(join(this.#paths.folder, 'pid'), { force: true });
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#paths.folder, { recursive: true, force: true });
  }
}
