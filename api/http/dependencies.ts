import type { Ports } from '../../commands/ports.js';
import type { AuditRow } from '../../projections/audit/table.js';
import type { NotificationWithEntry } from '../../projections/inbox/query.js';
import type { Database } from '../../projections/projection.js';
import type { HealthDetail } from '../health/health-detail.js';
import type { CredentialCache } from './credential-cache.js';
import type { RowTail } from './row-tail.js';

/** Settings of the web side. */
export interface HttpSettings {
  /** The address people use, when the operator pins it. */
  readonly baseUrl: URL | null;
  readonly trustedProxies: readonly string[];
  readonly httpsPort: number;
  readonly machineName: string;
  /** Version of the product. */
  readonly version: string;
  /** Folder of the built user interface. */
  readonly uiFolder: string;
}

/** What the web side is built from. Joined in `bin`. */
export interface HttpDependencies {
  readonly ports: Ports;
  readonly db: Database;
  readonly credentials: CredentialCache;
  readonly auditTail: RowTail<AuditRow>;
  readonly inboxTail: RowTail<NotificationWithEntry>;
  readonly settings: HttpSettings;
  /** Null while this node can sign people in; else why it cannot. */
  readonly readiness: () => string | null;
  /** How everything stands that this node depends on. */
  readonly healthDetail: () => Promise<HealthDetail>;
}
