import type { Pool } from 'pg';
import { storedClaims, storedSubjectKeys } from '../../adapters/verify/beside-log.js';
import type { EventStore, Sealer } from '../../commands/ports.js';
import type { LogTells } from './read-log.js';

/** Claims of the log against those that are held. */
export const claimProblems = async (pool: Pool, { claims }: LogTells): Promise<readonly string[]> => {
  const held = await storedClaims(pool);
  const kindOf = (claim: string): string => claim.slice(0, claim.indexOf(' '));
  return [
    ...[...claims]
      .filter(([claim, stream]) => held.get(claim) !== stream)
      .map(([claim, stream]) => `${stream} does not hold its claim on ${kindOf(claim)}`),
    ...[...held]
      .filter(([claim]) => !claims.has(claim))
      .map(([claim, stream]) => `${stream} holds a claim on ${kindOf(claim)} that the log does not tell`),
  ];
};

/** Secrets that something refers to: each must be there and open. */
export const secretProblems = async (
  store: EventStore,
  sealer: Sealer,
  { secrets }: LogTells,
): Promise<readonly string[]> => {
  const problems: string[] = [];
  for (const [who, { ref, version }] of secrets) {
    const entry = await store.readVault(ref, version);
    if (!entry) problems.push(`${who} refers to version ${String(version)} of a secret that is not there`);
    else
      try {
        sealer.openSecret(entry);
      } catch {
        problems.push(`${who} refers to version ${String(version)} of a secret that cannot be opened`);
      }
  }
  return problems;
};

/** Keys of subjects: there unless erased, gone when erased. */
export const subjectKeyProblems = async (
  pool: Pool,
  { subjectKeys, erased }: LogTells,
): Promise<readonly string[]> => {
  const held = await storedSubjectKeys(pool);
  const subjectOf = (key: string): string => key.slice(0, key.lastIndexOf(' '));
  return [
    ...[...subjectKeys]
      .filter((key) => !held.has(key) && !erased.has(subjectOf(key)))
      .map((key) => `the key of ${key.replace(' ', ', version ')}, is missing, and nobody erased it`),
    ...[...held]
      .filter((key) => erased.has(subjectOf(key)))
      .map((key) => `the key of ${subjectOf(key)} is there, who was erased`),
  ];
};
