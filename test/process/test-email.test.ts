import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSelfSigned } from '../../adapters/tls/self-signed.js';
import { Mailbox } from '../support/mailbox.js';
import { freePort } from '../../bin/free-port.mjs';
import { Installation, type Finished } from '../support/process.js';

let installation: Installation;
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await Mailbox.start();
  installation = await Installation.create({
    MUNIMENT_EMAIL_HOST: '127.0.0.1',
    MUNIMENT_EMAIL_FROM: 'Muniment <muniment@example.com>',
    MUNIMENT_LOG_LEVEL: 'error',
  });
  await installation.start();
});
afterAll(async () => {
  await installation.destroy();
  await mailbox.stop();
});

const send = (to: string, env: Record<string, string>): Promise<Finished> =>
  installation.run(['test_email', to], { env });

describe('muniment test_email', () => {
  it('says that the server took the mail', async () => {
    expect(await send('ana@example.com', { MUNIMENT_EMAIL_PORT: String(mailbox.port) })).toEqual({
      code: 0,
      stdout: 'The mail server took the mail.\n',
      stderr: '',
    });
    expect(mailbox.mails.map(({ to, mail }) => [to, mail.from?.address, mail.subject])).toEqual([
      [['ana@example.com'], 'muniment@example.com', 'Muniment: Mail works'],
    ]);
  });

  it('says in one line why it did not', async () => {
    const { certificate, privateKey } = await createSelfSigned({
      commonName: 'localhost',
      days: 1,
      use: 'server',
    });
    const secure = await Mailbox.start({ key: privateKey, cert: certificate });
    const plain = { MUNIMENT_EMAIL_PORT: String(mailbox.port) };
    const nobody = { MUNIMENT_EMAIL_PORT: String(await freePort()) };
    const distrusted = { MUNIMENT_EMAIL_PORT: String(secure.port), MUNIMENT_EMAIL_USE_TLS: 'on' };
    const before = mailbox.mails.length;
    mailbox.refuse = () => ({ code: 550, text: 'no such mailbox nobody@example.com' });
    for (const [env, reason] of [
      [plain, 'the mail server answered 550'],
      [nobody, 'the mail server refused the connection'],
      [distrusted, 'no secure connection to the mail server came about'],
      [{ ...plain, MUNIMENT_EMAIL_HOST: '' }, null],
    ] as const) {
      const { code, stdout, stderr } = await send('nobody@example.com', env);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      if (reason !== null) expect(stderr).toBe(`muniment: The mail was not sent: ${reason}.\n`);
      expect(stderr).not.toContain('example.com');
    }
    expect([mailbox.mails.length, secure.mails.length]).toEqual([before, 0]);
    await secure.stop();
  });

  it('refuses what is no address, and names it', async () => {
    const { code, stderr } = await send('nobody', { MUNIMENT_EMAIL_PORT: String(mailbox.port) });
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^muniment: to: /);
  });
});
