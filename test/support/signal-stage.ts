import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { verifySsfStreamCommand } from '../../commands/ssf/request-verification.js';
import { scopeMapping } from '../../domain/mapping/scope/model.js';
import { eventUri, signalTypes, type SignalType } from '../../domain/ssf/event-types.js';
import { Client } from './client.js';
import { createPerson, obtainCode, password, redeem } from './oauth.js';
import { startProduct, type Product } from './product.js';
import { createRelyingParty, type RelyingParty } from './relying-party.js';
import { SsfReceiver, type SecurityEvent } from './ssf-receiver.js';

export const everything = signalTypes.map(eventUri);
export const uris = (...types: SignalType[]): string[] => types.map(eventUri);

export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000, interval: 25 });

/** The one event of a type, as soon as it has come. */
export const only = (receiver: SsfReceiver, type: string): Promise<SecurityEvent> =>
  eventually(() => {
    expect(receiver.typed(type)).toHaveLength(1);
    return receiver.typed(type)[0]!;
  });

/** An application whose client may manage streams. */
export const createReceivingParty = (product: Product, slug: string): Promise<RelyingParty> => {
  const scopes = ['openid', 'email', 'profile', 'ssf.manage', 'ssf.read'];
  return createRelyingParty(product, {
    slug,
    provider: {
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      scopes: product.core.ports.config
        .all(scopeMapping)
        .filter(({ values }) => scopes.includes(values.scopeName))
        .map(({ id }) => id),
    },
  });
};

/** A product that retries without pause, and two applications that receive shared signals of it. */
export class SignalStage {
  readonly product: Product;
  readonly shop: SsfReceiver;
  readonly forum: SsfReceiver;
  #people = 0;

  private constructor(product: Product, shop: SsfReceiver, forum: SsfReceiver) {
    this.product = product;
    this.shop = shop;
    this.forum = forum;
  }

  static async start(): Promise<SignalStage> {
    const [shop, forum] = await Promise.all([SsfReceiver.start(), SsfReceiver.start()]);
    const product = await startProduct(
      { MUNIMENT_OUTBOUND_ALLOW: `${shop.target},${forum.target}` },
      () => 50,
    );
    shop.join(await createReceivingParty(product, 'shop'), product.baseUrl);
    forum.join(await createReceivingParty(product, 'forum'), product.baseUrl);
    return new SignalStage(product, shop, forum);
  }

  /** Both receivers without streams, events or bad manners. */
  async clear(): Promise<void> {
    for (const receiver of [this.shop, this.forum]) {
      receiver.misbehave = () => false;
      const { configuration_endpoint: address } = await receiver.known();
      for (const { stream_id: id } of (await receiver.call('GET', address)).body as { stream_id: string }[])
        await receiver.call('DELETE', `${address}?stream_id=${id}`);
      receiver.events.length = 0;
    }
  }

  async person(): Promise<{ readonly userId: string; readonly username: string }> {
    this.#people += 1;
    const username = `person-${String(this.#people)}`;
    const profile = { name: `Name of ${username}`, email: `${username}@example.com` };
    return { userId: await createPerson(this.product, username, profile), username };
  }

  change(userId: string, patch: Record<string, unknown>): Promise<unknown> {
    return this.product.run(updateUserCommand, { userId, ...patch });
  }

  /** Claims of the ID token of somebody who signs in at an application. */
  async signIn({ party }: SsfReceiver, username: string): Promise<Record<string, any>> {
    const { baseUrl } = this.product;
    const { code, pkce } = await obtainCode(new Client(baseUrl), this.product, party, { username, password });
    const answer = await redeem(new Client(baseUrl), party, code, pkce);
    return JSON.parse(
      Buffer.from(String(answer.body.id_token).split('.')[1]!, 'base64url').toString(),
    ) as Record<string, any>;
  }

  /** Lets the reactor look at everything that has happened so far: the verification that it sends is the last of it. */
  async looked(stream: any): Promise<void> {
    const { ports, db } = this.product.core;
    await this.product.run(verifySsfStreamCommand, { id: stream.stream_id });
    await eventually(async () => {
      const { rows } = await sql<{ done: boolean }>`
        select position >= ${await ports.store.head()} as done from outbox.reactor where name = 'ssf'`.execute(
        db,
      );
      expect(rows[0]?.done).toBe(true);
    });
  }

  async stop(): Promise<void> {
    await this.product.stop();
    await Promise.all([this.shop.stop(), this.forum.stop()]);
  }
}
