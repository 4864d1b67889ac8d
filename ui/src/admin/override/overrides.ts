import type { Component } from 'svelte';
import type { MenuItem } from '../../design/overlay/Menu.svelte';
import { t } from '../../messages/t.js';
import type { ModelDescription } from '../model/description.js';
import type { ModelObject } from '../model/objects.js';
import ApplicationActivityTab from '../stats/ApplicationActivityTab.svelte';
import UserActivityTab from '../stats/UserActivityTab.svelte';
import UserBadges from '../users/UserBadges.svelte';
import UserEventsTab from '../users/UserEventsTab.svelte';
import UserGroupsTab from '../users/UserGroupsTab.svelte';
import UserSessionsTab from '../users/UserSessionsTab.svelte';
import LegalHoldsCard from '../privacy/LegalHoldsCard.svelte';
import { userActions } from '../users/user-actions.js';
import GenerateCertificate from '../certificates/GenerateCertificate.svelte';
import TransportTestCard from '../notifications/TransportTestCard.svelte';
import SinkBadge from '../sinks/SinkBadge.svelte';
import { sinkLag } from '../sinks/sink-lag.js';
import SinkPanel from '../sinks/SinkPanel.svelte';
import ClientCard from '../oauth2/ClientCard.svelte';
import StreamBadges from '../ssf/StreamBadges.svelte';
import StreamCard from '../ssf/StreamCard.svelte';
import { streamLag } from '../ssf/stream-lag.js';
import GroupMembersTab from './GroupMembersTab.svelte';
import PolicyBindingsTab from './PolicyBindingsTab.svelte';
import StageBindingsTab from './StageBindingsTab.svelte';

export interface TabProps {
  readonly object: ModelObject;
  readonly model: ModelDescription;
  /** The object has changed behind the page. */
  readonly onchanged: () => void;
}

export interface ExtraTab {
  readonly key: string;
  readonly label: () => string;
  readonly component: Component<TabProps>;
}

/** A column of a list that comes from beside the objects. */
export interface ExtraColumn {
  readonly key: string;
  readonly label: () => string;
  /** Answers what stands in the row of an object. */
  readonly load: () => Promise<(id: string) => string>;
}

/** Where a kind of object needs more than what its declaration gives. */
export interface Override {
  readonly tabs?: readonly ExtraTab[];
  readonly rowActions?: (object: ModelObject, onchanged: () => void) => readonly MenuItem[];
  /** What stands beside the name on the page of an object. */
  readonly badges?: Component<{ object: ModelObject }>;
  /** What the page of an object shows before its fields. */
  readonly summary?: Component<{ object: ModelObject; onchanged: () => void }>;
  /** The last column of the list. */
  readonly column?: ExtraColumn;
  /** Further ways to make something new, beside the usual one. */
  readonly listActions?: Component<{ onchanged: () => void }>;
  /** Where something new is made, below the list; the form unless told. */
  readonly createPath?: string;
}

const bindings: ExtraTab = {
  key: 'bindings',
  label: () => t('tab.bindings'),
  component: PolicyBindingsTab,
};

/** By the name of a model. */
const byModel: Readonly<Record<string, Override>> = {
  application: {
    createPath: 'guide',
    tabs: [{ key: 'activity', label: () => t('tab.activity'), component: ApplicationActivityTab }],
  },
  certificate: { listActions: GenerateCertificate },
  flow: {
    tabs: [{ key: 'stages', label: () => t('tab.stages'), component: StageBindingsTab }],
    rowActions: ({ slug }) => [
      {
        key: 'execute',
        label: t('flow.execute'),
        href: `/if/flow/${String(slug)}/?next=${encodeURIComponent(location.pathname)}`,
      },
    ],
  },
  group: {
    tabs: [{ key: 'members', label: () => t('tab.members'), component: GroupMembersTab }],
  },
  notification_transport: { summary: TransportTestCard },
  'provider.oauth2': { summary: ClientCard },
  ssf_stream: { summary: StreamCard, badges: StreamBadges, column: streamLag },
  user: {
    tabs: [
      { key: 'activity', label: () => t('tab.activity'), component: UserActivityTab },
      { key: 'events', label: () => t('tab.events'), component: UserEventsTab },
      { key: 'groups', label: () => t('tab.groups'), component: UserGroupsTab },
      { key: 'sessions', label: () => t('tab.sessions'), component: UserSessionsTab },
    ],
    rowActions: userActions,
    badges: UserBadges,
    summary: LegalHoldsCard,
  },
};

/** By a trait, for every model that has it. */
const byTrait: Readonly<Record<string, readonly ExtraTab[]>> = { bindable: [bindings] };

/** By the name of a family, for all its kinds. */
const byFamily: Readonly<Record<string, Override>> = {
  sink: { badges: SinkBadge, summary: SinkPanel, column: sinkLag },
};

export const overrideOf = (model: string): Override | undefined =>
  byModel[model] ?? byFamily[model.split('.')[0] ?? ''];

export const rowActionsOf = (object: ModelObject, onchanged: () => void): readonly MenuItem[] =>
  byModel[object.model]?.rowActions?.(object, onchanged) ?? [];

export const tabsOf = (model: ModelDescription): readonly ExtraTab[] => [
  ...(byModel[model.name]?.tabs ?? []),
  ...model.traits.flatMap((trait) => byTrait[trait] ?? []),
];
