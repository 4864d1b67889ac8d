import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail server that keeps what it is given, and refuses as a test wants it to. */
export class Mailbox {
  readonly mails: { readonly to: readonly string[]; readonly mail: Email }[] = [];
  readonly #server: SMTPServer;
  /** Answer to a recipient or to the data of the n-th attempt; null takes it. */
  refuse: (attempt: number, to: string) => { readonly code: number; readonly text: string } | null = () =>
    null;
  /** Holds the end of a mail back for ever. */
  silent = false;
  #attempts = 0;

  private constructor(options: SMTPServerOptions) {
    const fail = ({ code, text }: { code: number; text: string }): Error =>
      Object.assign(new Error(text), { responseCode: code });
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: options.secure || options.key ? [] : ['STARTTLS'],
      logger: false,
      ...options,
      onRcptTo: ({ address }, _session, callback) => {
        this.#attempts += 1;
        const refusal = this.refuse(this.#attempts, address);
        callback(refusal ? fail(refusal) : null);
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          void PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
            this.mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), mail });
            if (!this.silent) callback();
          });
        });
      },
    });
    this.#server.on('error', () => undefined);
  }

  static async start(options: SMTPServerOptions = {}): Promise<Mailbox> {
    const mailbox = new Mailbox(options);
    mailbox.#server.listen(0, '127.0.0.1');
    await once(mailbox.#server.server, 'listening');
    return mailbox;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  get attempts(): number {
    return this.#attempts;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}
