import type { ConfigObject } from '../../domain/kernel/config-view.js';
import type { StateOf } from '../../domain/kernel/model.js';
import type { notificationTransport } from '../../domain/notification/transport/model.js';

export type Transport = ConfigObject<StateOf<(typeof notificationTransport)['fields']>>;
