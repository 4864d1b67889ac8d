import type { ConfigObject } from '../kernel/config-view.js';
import type { StateOf } from '../kernel/model.js';
import type { certificate } from './model.js';

export type CertificateObject = ConfigObject<StateOf<(typeof certificate)['fields']>>;
