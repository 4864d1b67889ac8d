import type { AuditEntry } from '../../audit/entry.js';
import { messageOf } from '../words-v1.js';
import { codesOf } from '../codes-v1.js';
import { classNameOf } from '../ocsf/classes-v1.js';
import { ipOf } from '../ip-of.js';

/** The format has no escape for its delimiter: a caret in a value becomes a space, as line breaks do. */
const inValue = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029^]/g, ' ');

const labelOf = (party: AuditEntry['target']): string | null => party?.label ?? party?.id ?? null;

/** Version 1 of entries in Log Event Extended Format 2.0, fields separated by `^`. */
export const leefV1 = (entry: AuditEntry, origin: string): string => {
  const codes = codesOf(entry);
  const { target } = entry;
  const fields: Readonly<Record<string, string | number | null | undefined>> = {
    devTime: entry.occurredAt,
    devTimeFormat: "yyyy-MM-dd'T'HH:mm:ss.SSSX",
    cat: classNameOf(Math.floor(codes.ocsf[0] / 100)),
    sev: codes.cef[1],
    src: ipOf(entry.client.ip)?.text,
    usrName: labelOf(entry.actor),
    accountName: target?.type === 'user' ? labelOf(target) : labelOf(entry.onBehalfOf),
    resource: target === null ? null : `${target.type}/${target.label ?? target.id}`,
    role: entry.actor.type,
    policy: target?.type === 'policy' ? labelOf(target) : null,
    url: entry.client.path,
    action: entry.action,
    outcome: entry.outcome,
    reason: entry.reason,
    eventId: entry.id,
    correlationId: entry.correlationId,
    devHost: origin,
    msg: messageOf(entry),
  };
  const body = Object.entries(fields).flatMap(([key, value]) =>
    value === null || value === undefined || value === '' ? [] : [`${key}=${inValue(String(value))}`],
  );
  return `LEEF:2.0|Muniment|Muniment|1|${String(codes.cef[0])}|^|${body.join('^')}`;
};
