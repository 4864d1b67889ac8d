import { consentEvents } from './access/consent/consent.js';
import { grantEvents } from './access/grant/events.js';
import { sessionEvents } from './access/session/events.js';
import { tokenEvents } from './access/token/events.js';
import { activityEvents } from './activity/events.js';
import { groupTreeEvents } from './directory/group/group-tree.js';
import { membershipEvents } from './directory/membership/events.js';
import { userEvents } from './directory/user/events.js';
import type { EventType } from './kernel/event.js';
import { modelEventTypes } from './kernel/model-events.js';
import { models } from './models.generated.js';
import { subjectEvents } from './privacy/events.js';
import { keyRingEvents } from './privacy/key-ring-events.js';
import { projectionEvents } from './projection/skipped-events.js';
import { settingsEvents } from './settings/settings.js';
import { signalEvents } from './ssf/events.js';
import { streamSubjectEvents } from './ssf/subject/events.js';

/** Every event type that the log may hold, by name. */
export const eventTypes: ReadonlyMap<string, EventType> = new Map<string, EventType>(
  Object.entries({
    ...userEvents,
    ...membershipEvents,
    ...groupTreeEvents,
    ...sessionEvents,
    ...tokenEvents,
    ...grantEvents,
    ...consentEvents,
    ...settingsEvents,
    ...subjectEvents,
    ...keyRingEvents,
    ...projectionEvents,
    ...signalEvents,
    ...streamSubjectEvents,
    ...activityEvents,
    ...modelEventTypes(models),
  }),
);
