import type { AuditEntry } from '../../audit/entry.js';
import { messageOf } from '../words-v1.js';
import { codesOf } from '../codes-v1.js';
import { compact } from '../compact.js';
import { nativeV1 } from '../native/v1.js';
import { attributesOf, userOf, type Attributes } from './attributes-v1.js';
import { categoryNameOf, classNameOf, severityNames } from './classes-v1.js';

export type OcsfVersion = '1.8.0' | '1.9.0';

/** Fields of the entry that have no place in the schema. */
const unmapped = ({
  position,
  severity,
  app,
  brandId,
  onBehalfOf,
  target,
  via,
  comment,
  commandId,
  changes,
  context,
}: Readonly<Record<string, unknown>>): Attributes => ({
  position,
  severity,
  app,
  brandId,
  onBehalfOf,
  target,
  via,
  comment,
  commandId,
  changes,
  context,
});

const activityNames: Readonly<Record<number, string>> = { 600299: 'Update Available' };

/** Version 1 of entries in the Open Cybersecurity Schema Framework, as release 1.8 or 1.9 has the classes. */
export const ocsfV1 =
  (version: OcsfVersion) =>
  (entry: AuditEntry, origin: string): Attributes => {
    const codes = codesOf(entry);
    const typeUid = codes.ocsf[version === '1.8.0' ? 0 : 1];
    const classUid = Math.floor(typeUid / 100);
    const categoryUid = Math.floor(classUid / 1000);
    return {
      activity_id: typeUid % 100,
      ...(activityNames[typeUid] === undefined ? {} : { activity_name: activityNames[typeUid] }),
      category_uid: categoryUid,
      category_name: categoryNameOf(categoryUid),
      class_uid: classUid,
      class_name: classNameOf(classUid),
      type_uid: typeUid,
      severity_id: codes.severity,
      severity: severityNames[codes.severity],
      time: Date.parse(entry.occurredAt),
      status_id: entry.outcome === 'success' ? 1 : 2,
      status: entry.outcome === 'success' ? 'Success' : 'Failure',
      ...(entry.reason === null ? {} : { status_code: entry.reason }),
      message: messageOf(entry),
      metadata: compact({
        product: { name: 'Muniment', vendor_name: 'Muniment', uid: origin },
        version,
        uid: entry.id,
        event_code: entry.action,
        sequence: entry.leafIndex,
        logged_time: Date.parse(entry.recordedAt),
        tenant_uid: entry.tenant,
        correlation_uid: entry.correlationId,
        log_name: 'muniment-audit',
      }),
      ...compact({
        actor: { user: userOf(entry.actor), session: { uid: entry.sessionId } },
        ...attributesOf(classUid, entry),
        http_request: {
          user_agent: entry.client.userAgent,
          http_method: entry.client.method,
          url: { path: entry.client.path },
          uid: entry.requestId,
        },
      }),
      unmapped: unmapped(nativeV1(entry)),
    };
  };
