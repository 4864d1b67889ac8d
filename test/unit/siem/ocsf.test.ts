import { describe, expect, it } from 'vitest';
import { ocsfV1, type OcsfVersion } from '../../../domain/siem/ocsf/v1.js';
import { cases } from './cases.js';

type Fields = Readonly<Record<string, unknown>>;

const base = ['activity_id', 'category_uid', 'class_uid', 'type_uid', 'severity_id', 'time', 'metadata'];

/** What each class asks for, beside the base event. */
const required: Readonly<Record<number, readonly string[]>> = {
  1006: ['actor', 'device', 'job'],
  1008: ['actor', 'device', 'log_name'],
  2004: ['finding_info'],
  3001: ['user'],
  3002: ['user', 'service'],
  3003: ['user'],
  3004: ['entity'],
  3005: ['user', 'privileges'],
  3006: ['group'],
  3007: ['user'],
  3008: ['iam_role'],
  4009: ['direction_id', 'email'],
  6002: ['app'],
  6003: ['actor', 'api', 'src_endpoint'],
  6008: [],
};

const nested: Readonly<Record<string, readonly string[]>> = {
  metadata: ['product', 'version', 'uid', 'event_code', 'logged_time', 'tenant_uid', 'log_name'],
  finding_info: ['uid', 'title'],
  api: ['operation'],
  device: ['type_id'],
};

const versions: readonly OcsfVersion[] = ['1.8.0', '1.9.0'];
const table = versions.flatMap((version) => [...cases].map(([name, entry]) => ({ version, name, entry })));

describe('acceptance 4: OCSF records have what their class requires', () => {
  it.each(table)('$version: $name', ({ version, entry }) => {
    const record = ocsfV1(version)(entry, 'urn:uuid:test');
    const classUid = record['class_uid'] as number;
    expect(required[classUid], `class ${String(classUid)}`).toBeDefined();
    for (const name of [...base, ...required[classUid]!]) expect(record, name).toHaveProperty(name);
    for (const [name, fields] of Object.entries(nested))
      if (name in record) for (const field of fields) expect(record[name] as Fields).toHaveProperty(field);
    expect(record['type_uid']).toBe(classUid * 100 + (record['activity_id'] as number));
    expect(record['category_uid']).toBe(Math.floor(classUid / 1000));
    expect((record['metadata'] as Fields)['version']).toBe(version);
    expect([1, 2]).toContain(record['status_id']);
    if (classUid === 3003) expect(['privileges', 'group'].filter((name) => name in record)).toHaveLength(1);
  });

  it('release 1.9 has moved accounts and access to the management of users and roles', () => {
    const classes = [...cases.values()].map((entry) => ocsfV1('1.9.0')(entry, 'x')['class_uid']);
    expect(classes.filter((uid) => uid === 3001 || uid === 3005)).toEqual([]);
  });
});
