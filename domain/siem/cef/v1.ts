import type { AuditEntry } from '../../audit/entry.js';
import { messageOf, nameOf } from '../words-v1.js';
import { codesOf } from '../codes-v1.js';
import { classNameOf } from '../ocsf/classes-v1.js';
import { ipOf } from '../ip-of.js';

const maxChanges = 4000;
/** Control characters and the line breaks of Unicode, but for `\n` and `\r`: no field of a line may hold them. */
const unprintable = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/g;

const inHeader = (text: string): string =>
  text
    .replace(unprintable, ' ')
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\|]/g, '\\$&');

const inValue = (text: string): string =>
  text
    .replace(unprintable, ' ')
    .replace(/[\\=]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n');

const extension = (fields: Readonly<Record<string, string | number | null | undefined>>): string =>
  Object.entries(fields)
    .flatMap(([key, value]) =>
      value === null || value === undefined || value === '' ? [] : [`${key}=${inValue(String(value))}`],
    )
    .join(' ');

const labelled = (
  key: string,
  label: string,
  value: string | number | null | undefined,
): Readonly<Record<string, string | number>> =>
  value === null || value === undefined || value === '' ? {} : { [key]: value, [`${key}Label`]: label };

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const addressOf = (ip: string | null): Readonly<Record<string, string>> => {
  const found = ipOf(ip);
  if (found === null) return {};
  return found.version === 4 ? { src: found.text } : { c6a2: found.text, c6a2Label: 'Source IPv6 Address' };
};

/** Version 1 of entries in Common Event Format: one line, in which nothing that people typed can end a field. */
export const cefV1 = (entry: AuditEntry, origin: string): string => {
  const codes = codesOf(entry);
  const target = entry.target?.type === 'user' ? entry.target : entry.onBehalfOf;
  const application = entry.target?.type === 'application' ? entry.target : null;
  const changes = entry.changes.length === 0 ? null : JSON.stringify(entry.changes);
  const head = ['Muniment', 'Muniment', '1', String(codes.cef[0]), nameOf(entry), String(codes.cef[1])];
  return `CEF:0|${head.map(inHeader).join('|')}|${extension({
    rt: Date.parse(entry.recordedAt),
    start: Date.parse(entry.occurredAt),
    act: entry.action,
    outcome: entry.outcome,
    reason: entry.reason,
    cat: classNameOf(Math.floor(codes.ocsf[0] / 100)),
    externalId: entry.id,
    suid: entry.actor.id,
    suser: entry.actor.label,
    spriv: entry.actor.type,
    duid: target?.id,
    duser: target?.label,
    ...addressOf(entry.client.ip),
    requestClientApplication: entry.client.userAgent,
    request: entry.client.path,
    requestMethod: entry.client.method,
    destinationServiceName: application === null ? null : (application.label ?? application.id),
    dvchost: origin,
    deviceExternalId: entry.tenant,
    msg: messageOf(entry),
    ...labelled('cs1', 'correlationId', entry.correlationId),
    ...labelled('cs2', 'targetType', entry.target?.type),
    ...labelled('cs3', 'targetId', entry.target?.id),
    ...labelled('cs4', 'authMethod', textOf(entry.context['auth_method'])),
    ...labelled('cs5', 'changes', changes?.slice(0, maxChanges)),
    ...labelled('cn1', 'leafIndex', entry.leafIndex),
  })}`;
};
