import { auditActions, outcomes, severities } from '../../../domain/audit/fact.js';
import type { GeoPlace, Network } from '../../../domain/kernel/event.js';
import { correlationOf, geoOf, networkOf } from '../../../projections/audit/query.js';
import type { AuditRow } from '../../../projections/audit/table.js';
import { type Builder, countedElsewhere, shortList } from '../builder.js';
import type { Page } from '../connection.js';
import { describeUserAgent } from './describe-user-agent.js';
import { canRevert } from '../time/can-revert.js';
import { changesWithLabels, type LabelledChange } from './labels.js';

/** GraphQL types of the event log. */
export interface AuditTypes {
  readonly entry: ReturnType<typeof entryRef>;
  readonly connection: ReturnType<typeof connectionRef>;
  readonly action: ReturnType<typeof actionType>;
  readonly severity: ReturnType<typeof severityType>;
  readonly change: ReturnType<typeof changeRef>;
}

/** A page of entries, counted only when somebody asks. */
export interface AuditPage extends Omit<Page<AuditRow>, 'totalCount' | 'totalCountExact'> {
  readonly count: () => Promise<number>;
}

const entryRef = (builder: Builder) => builder.objectRef<AuditRow>('AuditEntry');
const connectionRef = (builder: Builder) => builder.objectRef<AuditPage>('AuditEntryConnection');

const changeRef = (builder: Builder) => builder.objectRef<LabelledChange>('AuditChange');

const actionType = (builder: Builder) => builder.enumType('AuditAction', { values: auditActions });

const severityType = (builder: Builder) => builder.enumType('AuditSeverity', { values: severities });

export const createAuditTypes = (builder: Builder): AuditTypes => {
  const entry = entryRef(builder);
  const connection = connectionRef(builder);
  const action = actionType(builder);
  const severity = severityType(builder);
  const outcome = builder.enumType('AuditOutcome', { values: outcomes });
  const change = changeRef(builder);
  change.implement({
    fields: (t) => ({
      field: t.exposeString('field'),
      before: t.field({ type: 'JSON', nullable: true, resolve: (row) => row.before }),
      after: t.field({ type: 'JSON', nullable: true, resolve: (row) => row.after }),
      beforeLabel: t.exposeString('beforeLabel', {
        nullable: true,
        description: 'The value for people, where it refers to objects.',
      }),
      afterLabel: t.exposeString('afterLabel', { nullable: true }),
    }),
  });
  const actor = builder
    .objectRef<{ type: string; id: string; label: string | null }>('AuditActor')
    .implement({
      fields: (t) => ({
        type: t.exposeString('type'),
        id: t.exposeString('id'),
        label: t.exposeString('label', { nullable: true }),
      }),
    });
  const place = builder.objectRef<GeoPlace>('GeoPlace').implement({
    fields: (t) => ({
      continent: t.exposeString('continent', { nullable: true }),
      country: t.exposeString('country', { nullable: true }),
      city: t.exposeString('city', { nullable: true }),
      lat: t.exposeFloat('lat', { nullable: true }),
      lon: t.exposeFloat('lon', { nullable: true }),
    }),
  });
  const network = builder.objectRef<Network>('Network').implement({
    fields: (t) => ({ number: t.exposeInt('number'), org: t.exposeString('org', { nullable: true }) }),
  });
  entry.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      position: t.string({ resolve: (row) => String(row.position) }),
      action: t.field({ type: action, resolve: (row) => row.action }),
      severity: t.field({ type: severity, resolve: (row) => row.severity }),
      outcome: t.field({ type: outcome, resolve: (row) => row.outcome }),
      reason: t.exposeString('reason', { nullable: true }),
      at: t.field({ type: 'DateTime', resolve: (row) => row.at }),
      recordedAt: t.field({ type: 'DateTime', resolve: (row) => row.recorded_at }),
      app: t.exposeString('app', { description: 'Part of the product that it comes from.' }),
      brandId: t.exposeID('brand_id', { nullable: true }),
      geo: t.field({ type: place, nullable: true, resolve: (row) => geoOf(row) }),
      asn: t.field({ type: network, nullable: true, resolve: (row) => networkOf(row) }),
      browser: t.string({
        nullable: true,
        description: 'Browser and system in words, as far as they tell themselves.',
        resolve: (row) => describeUserAgent(row.user_agent),
      }),
      actor: t.field({
        type: actor,
        resolve: (row) => ({ type: row.actor_type, id: row.actor_id, label: row.actor_label }),
      }),
      onBehalfOf: t.field({
        type: actor,
        nullable: true,
        resolve: (row) =>
          row.on_behalf_of_id === null
            ? null
            : { type: 'user', id: row.on_behalf_of_id, label: row.on_behalf_of_label },
      }),
      targetType: t.exposeString('target_type', { nullable: true }),
      targetId: t.exposeString('target_id', { nullable: true }),
      targetLabel: t.exposeString('target_label', { nullable: true }),
      ip: t.exposeString('ip', { nullable: true }),
      userAgent: t.exposeString('user_agent', { nullable: true }),
      method: t.exposeString('method', { nullable: true }),
      path: t.exposeString('path', { nullable: true }),
      via: t.exposeString('via'),
      comment: t.exposeString('comment', { nullable: true, description: 'Why, in the words of the actor.' }),
      requestId: t.exposeString('request_id', { nullable: true }),
      correlationId: t.string({ resolve: (row) => correlationOf(row) }),
      changes: t.field({
        complexity: shortList,
        type: [change],
        resolve: (row, _args, context) => changesWithLabels(context, row.changes, row.position),
      }),
      context: t.field({ type: 'JSON', resolve: (row) => row.context }),
      reverts: t.id({
        nullable: true,
        description: 'Id of the entry that this one takes back.',
        resolve: (row) => (row.context['reverts'] as string | undefined) ?? null,
      }),
      canRevert: t.boolean({
        description:
          'Whether the caller may take this back, as far as the entry alone tells; the preview knows more.',
        resolve: (row, _args, context) => canRevert(context, row),
      }),
    }),
  });
  connection.implement({
    fields: (t) => ({
      nodes: t.field({ complexity: countedElsewhere, type: [entry], resolve: (page) => [...page.nodes] }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
      totalCount: t.int({ complexity: 20, resolve: (page) => page.count() }),
    }),
  });
  return { entry, connection, action, severity, change };
};
