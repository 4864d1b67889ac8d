import type { AuditEntry } from '../audit/entry.js';
import { cefV1 } from './cef/v1.js';
import { cloudEventV1 } from './cloudevents/v1.js';
import { ecsV1 } from './ecs/v1.js';
import { leefV1 } from './leef/v1.js';
import { nativeV1 } from './native/v1.js';
import { ocsfV1 } from './ocsf/v1.js';

/** Forms in which entries leave the product. */
export const siemFormats = ['native', 'ocsf_1_8', 'ocsf_1_9', 'ecs', 'cef', 'leef', 'cloudevents'] as const;
export type SiemFormat = (typeof siemFormats)[number];

/** Formats whose records are lines of text; the others give JSON objects. */
export const textFormats: readonly SiemFormat[] = ['cef', 'leef'];

export type SiemRecord = string | Readonly<Record<string, unknown>>;

/**
 * Makes a record of an entry. Pure: the same entry gives the same bytes, today and after an upgrade. `origin` names this
 * installation.
 */
export type SiemMapper = (entry: AuditEntry, origin: string) => SiemRecord;

/** Versions of each format, the first one first. One that was shipped is never changed; a better one is added. */
export const siemMappers: Readonly<Record<SiemFormat, readonly SiemMapper[]>> = {
  native: [nativeV1],
  ocsf_1_8: [ocsfV1('1.8.0')],
  ocsf_1_9: [ocsfV1('1.9.0')],
  ecs: [ecsV1],
  cef: [cefV1],
  leef: [leefV1],
  cloudevents: [cloudEventV1],
};

/** The mapper of a format in one version, else in its newest. */
export const siemMapper = (format: SiemFormat, version?: number): SiemMapper => {
  const versions = siemMappers[format];
  return versions[(version ?? versions.length) - 1] ?? versions[versions.length - 1]!;
};

/** A record as one line. */
export const lineOf = (record: SiemRecord): string =>
  typeof record === 'string' ? record : JSON.stringify(record);
