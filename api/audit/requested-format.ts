import type { AuditEntry } from '../../domain/audit/entry.js';
import { fieldError } from '../../domain/kernel/errors.js';
import { lineOf, siemFormats, siemMapper, textFormats, type SiemFormat } from '../../domain/siem/formats.js';
import type { HttpDependencies } from '../http/dependencies.js';

/** A form in which entries are asked for. */
export interface RequestedFormat {
  readonly isText: boolean;
  readonly line: (entry: AuditEntry) => string;
}

/** The format that a parameter names; `ocsf` stands for the default release. Throws `INVALID_INPUT`. */
export const requestedFormat = (
  { ports }: HttpDependencies,
  parameters: URLSearchParams,
): RequestedFormat => {
  const named = parameters.get('format') ?? 'native';
  const name = named === 'ocsf' ? 'ocsf_1_8' : named;
  const format = siemFormats.find((one): one is SiemFormat => one === name);
  if (!format)
    throw fieldError(
      'INVALID_INPUT',
      'format',
      `There is no format ${name.slice(0, 40)}: ${siemFormats.join(', ')}.`,
    );
  const map = siemMapper(format);
  const origin = `urn:uuid:${ports.installId()}`;
  return { isText: textFormats.includes(format), line: (entry) => lineOf(map(entry, origin)) };
};

/** A position that a parameter or header holds; the given one when it holds none. Throws `INVALID_INPUT`. */
export const requestedPosition = (text: string | null, field: string, without: bigint): bigint => {
  if (text === null || text === '') return without;
  if (!/^\d{1,18}$/.test(text)) throw fieldError('INVALID_INPUT', field, 'Write a position of the log.');
  return BigInt(text);
};
