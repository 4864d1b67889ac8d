import { choice, condition, flag, list, number, text, texts } from '../kernel/field.js';
import { defineFamily } from '../kernel/model.js';
import { siemFormats } from '../siem/formats.js';
import { redactionOps } from './redact.js';

export const sinkStates = ['active', 'paused', 'failing', 'disabled'] as const;
export type SinkState = (typeof sinkStates)[number];

/** Where entries of the event log go to, in order and without a gap. One name space for all kinds. */
export const sink = defineFamily('sink', {
  fields: {
    name: text(),
    format: choice('SinkFormat', siemFormats, { default: 'native' }),
    filter: condition('audit_entry'),
    redaction: list(
      'SinkRedaction',
      { path: text({ max: 200 }), op: choice('RedactionOp', redactionOps) },
      { key: ['path'], maxItems: 50 },
    ),
    /** Where a new sink begins to read. */
    start: choice('SinkStart', ['now', 'beginning'], { default: 'now', immutable: true }),
    /** Whom records name as their source; the id of the installation when it is empty. */
    origin: text({ nullable: true, max: 200 }),
    /** A batch is sent when one of these is reached; what the kind is good for when they are empty. */
    batchCount: number({ nullable: true, min: 1, max: 10_000 }),
    batchKib: number({ nullable: true, min: 1, max: 16_384 }),
    batchSeconds: number({ nullable: true, min: 0, max: 3600 }),
    /** While it is further behind than `maxLagSeconds`, administrative commands are refused. */
    blocking: flag({ default: false, absent: false }),
    maxLagSeconds: number({ min: 5, max: 604_800, default: 300, absent: 300 }),
    /** The version of the format with which the sink was made: the same entry gives the same bytes for as long as it lives. */
    mapperVersion: number({ internal: true, min: 1, default: 1 }),
    state: choice('SinkState', sinkStates, { internal: true, default: 'active' }),
    /** Why it is not active, in words of the product. */
    stateReason: text({ internal: true, nullable: true }),
    /** Secrets that a restore has emptied and about which nobody has decided yet. */
    lostSecrets: texts({ internal: true, absent: [] }),
    /** What was asked of it beside the live feed, the newest last. */
    requests: list(
      'SinkRequest',
      {
        id: text(),
        kind: choice('SinkRequestKind', ['replay', 'retry', 'skip']),
        after: text(),
        until: text(),
        label: text(),
        entryId: text({ nullable: true }),
      },
      { key: ['id'], internal: true },
    ),
  },
  label: 'name',
  unique: ['name'],
  list: { columns: ['name', 'format', 'state'], search: ['name'], order: ['name'] },
});
