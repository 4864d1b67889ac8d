import { describe, expect, it } from 'vitest';
import { lineOf, siemMapper } from '../../../domain/siem/formats.js';
import { cases } from './cases.js';

const origin = 'urn:uuid:0198c9a0-5555-7000-8000-000000000001';

/** The mapping as it was agreed: OCSF 1.8 type and severity, CEF signature and severity. */
const agreed: readonly (readonly [name: string, type: number, severity: number, id: number, cef: number])[] =
  [
    ['login', 300201, 1, 1001, 2],
    ['login_failed', 300201, 2, 1002, 5],
    ['logout', 300202, 1, 1003, 2],
    ['user_write, created', 300101, 1, 1101, 3],
    ['user_write', 300403, 1, 1102, 3],
    ['suspicious_request', 200401, 4, 1901, 8],
    ['password_set', 300103, 2, 1103, 4],
    ['password_set by another', 300104, 3, 1104, 6],
    ['secret_view', 300402, 3, 1201, 6],
    ['secret_rotate', 300403, 3, 1202, 6],
    ['invitation_used', 300406, 1, 1105, 3],
    ['authorize_application', 300301, 1, 1301, 2],
    ['authorize_application, denied', 300301, 1, 1302, 5],
    ['source_linked', 300406, 2, 1106, 4],
    ['impersonation_started', 300207, 4, 1401, 8],
    ['impersonation_ended', 300202, 2, 1402, 4],
    ['flow_execution', 300206, 1, 1501, 1],
    ['flow_execution, other', 600301, 1, 1501, 1],
    ['policy_execution', 600302, 1, 1502, 1],
    ['policy_exception', 600801, 3, 1503, 6],
    ['property_mapping_exception', 600801, 3, 1504, 6],
    ['system_task_execution', 100606, 1, 1601, 1],
    ['system_task_exception', 100606, 3, 1602, 6],
    ['system_exception', 600801, 4, 1603, 8],
    ['configuration_error', 600801, 3, 1604, 7],
    ['configuration_warning', 600801, 2, 1605, 4],
    ['model_created', 300401, 1, 1701, 3],
    ['model_updated', 300403, 2, 1702, 3],
    ['model_deleted', 300404, 3, 1703, 5],
    ['email_sent', 400901, 1, 1801, 1],
    ['update_available', 600299, 1, 1802, 2],
    ['export_ready', 100803, 3, 1803, 5],
    ['review_initiated', 300401, 1, 1851, 2],
    ['review_attested', 300403, 1, 1852, 2],
    ['review_completed', 300403, 1, 1853, 2],
    ['review_overdue', 300499, 3, 1854, 6],
    ['change_requested', 300401, 2, 1861, 4],
    ['change_approved', 300403, 2, 1862, 4],
    ['change_rejected', 300403, 2, 1863, 4],
    ['change_executed', 300403, 2, 1864, 4],
    ['change_expired', 300403, 2, 1865, 4],
    ['break_glass_used', 300207, 5, 1866, 10],
    ['legal_hold_placed', 300408, 3, 1871, 5],
    ['legal_hold_released', 300409, 3, 1872, 5],
    ['erasure_completed', 300404, 3, 1873, 5],
    ['sink_paused', 100807, 3, 1881, 6],
    ['sink_dead_letter', 600801, 3, 1882, 6],
    ['log_divergence', 200401, 5, 1883, 10],
  ];

/** Values that the Elastic Common Schema allows. */
const categories =
  'api authentication configuration database driver email file host iam intrusion_detection library malware network package process registry session threat vulnerability web';
const types =
  'access admin allowed change connection creation deletion denied device end error group indicator info installation protocol start user';
const allowed = (list: string): ReadonlySet<string> => new Set(list.split(' '));

interface Ecs {
  readonly '@timestamp': string;
  readonly event: Readonly<Record<string, unknown>> & {
    readonly category: readonly string[];
    readonly type: readonly string[];
  };
}

describe('acceptance 4: the agreed mapping', () => {
  it.each(agreed)('%s', (name, type, severity, id, cef) => {
    const entry = cases.get(name)!;
    const ocsf = siemMapper('ocsf_1_8')(entry, origin) as Record<string, unknown>;
    expect(ocsf).toMatchObject({ type_uid: type, severity_id: severity });
    const header = lineOf(siemMapper('cef')(entry, origin)).split('|');
    expect([header[0], header[4], header[6]]).toEqual(['CEF:0', String(id), String(cef)]);
    expect(lineOf(siemMapper('leef')(entry, origin)).split('|')[4]).toBe(String(id));
    const { event } = siemMapper('ecs')(entry, origin) as unknown as Ecs;
    expect(event['code']).toBe(String(id));
  });
});

describe('acceptance 4: what every record has', () => {
  it.each([...cases])('%s', (_name, entry) => {
    const ecs = siemMapper('ecs')(entry, origin) as unknown as Ecs;
    expect(ecs).toMatchObject({
      '@timestamp': entry.occurredAt,
      ecs: { version: expect.any(String) as string },
      event: { id: entry.id, action: entry.action, dataset: 'muniment.audit', module: 'muniment' },
    });
    expect(['event', 'alert']).toContain(ecs.event['kind']);
    expect(['success', 'failure', 'unknown']).toContain(ecs.event['outcome']);
    expect(ecs.event.category.filter((one) => !allowed(categories).has(one))).toEqual([]);
    expect(ecs.event.type.filter((one) => !allowed(types).has(one))).toEqual([]);

    const cef = lineOf(siemMapper('cef')(entry, origin));
    for (const key of [
      'rt',
      'start',
      'act',
      'outcome',
      'cat',
      'externalId',
      'deviceExternalId',
      'msg',
      'cs1',
    ])
      expect(cef, key).toMatch(new RegExp(`[| ]${key}=`));
    if (entry.client.ip?.includes(':')) expect(cef).toContain('c6a2Label=Source IPv6 Address');

    const leef = lineOf(siemMapper('leef')(entry, origin));
    expect(leef.startsWith('LEEF:2.0|Muniment|Muniment|1|')).toBe(true);
    for (const key of ['devTime', 'devTimeFormat', 'cat', 'sev'])
      expect(leef, key).toMatch(new RegExp(`[|^]${key}=`));
  });
});
