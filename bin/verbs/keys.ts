import { activateKey, nextKey, retireKey } from '../../adapters/vault/change-ring.js';
import { ringKeys } from '../../adapters/vault/open-key-ring.js';
import { countToRewrap, rewrap } from '../../adapters/vault/rewrap.js';
import { countSealed } from '../../adapters/vault/sealed-places.js';
import { execute } from '../../commands/pipeline.js';
import {
  recordActivatedKeyCommand,
  recordRetiredKeyCommand,
} from '../../commands/privacy/record-key-ring.js';
import { OperatorError, type Settings } from '../configuration.js';
import type { Core } from '../core.js';
import { keySource } from '../open/open-keys.js';
import { operatorContext, withCore } from '../operator.js';
import { progressLine } from '../progress-line.js';

const asOperatorError = (error: unknown): never => {
  throw new OperatorError((error as Error).message);
};

/** Prints the master keys: state, how much is sealed under each, and where it stands. */
export const listKeys = (settings: Settings): Promise<void> =>
  withCore(settings, async ({ backgroundPool, ring }) => {
    const sealed = await countSealed(backgroundPool, ring.founder);
    const source = keySource(settings);
    for (const key of await ringKeys(backgroundPool))
      process.stdout.write(
        `${key.id}  ${key.state.padEnd(8)}  ${String(sealed.get(key.id) ?? 0).padStart(8)} sealed  since ${key.createdAt.toISOString().slice(0, 10)}  ${ring.has(key.id) ? source.placeOf(key.id) : 'not at hand'}\n`,
      );
  });

/** Makes a new key beside the others without using it yet, so that it can be brought to other machines first. */
export const prepareKey = async (settings: Settings): Promise<void> => {
  const source = keySource(settings);
  if (!source.create) throw new OperatorError('Keys of this installation come from the environment.');
  const key = await source.create();
  process.stdout.write(
    `The key ${key.id} stands in ${source.placeOf(key.id)}. "muniment keys rotate" goes on with it.\n`,
  );
};

/** Goes on with a new key, and seals everything again unless told to leave that to the running product. */
export const rotateKey = (settings: Settings, options: { readonly rewrap: boolean }): Promise<void> =>
  withCore(settings, async (core) => {
    const { ports, backgroundPool, ring } = core;
    const key = await nextKey(backgroundPool, keySource(settings)).catch(asOperatorError);
    await execute(
      ports,
      recordActivatedKeyCommand,
      { keyId: key.id, was: ring.active },
      operatorContext(ports),
    );
    await activateKey(backgroundPool, ring, key);
    process.stdout.write(
      `Sealing goes on under the key ${key.id}, ${keySource(settings).placeOf(key.id)}.\n`,
    );
    if (options.rewrap) await rewrapWithProgress(core);
  });

const rewrapWithProgress = async ({ backgroundPool, ring }: Core): Promise<void> => {
  const total = await countToRewrap(backgroundPool, ring);
  const progress = progressLine('texts');
  const done = await rewrap(backgroundPool, ring, (count) => progress.show(count, total));
  progress.end(`${String(done)} texts were sealed again under the key ${ring.active}.`);
};

/** Seals everything again that is not under the active key. Goes on where an interrupted run stood. */
export const rewrapKeys = (settings: Settings): Promise<void> => withCore(settings, rewrapWithProgress);

/** Takes a key out of use for good, when nothing needs it. */
export const retireMasterKey = (settings: Settings, keyId: string): Promise<void> =>
  withCore(settings, async ({ ports, backgroundPool, ring }) => {
    await retireKey(backgroundPool, ring, keyId).catch(asOperatorError);
    await execute(ports, recordRetiredKeyCommand, { keyId }, operatorContext(ports));
    process.stdout.write(
      `Nothing in this store needs the key ${keyId} any more. Older backups do: delete it with the last of them.\n`,
    );
  });
