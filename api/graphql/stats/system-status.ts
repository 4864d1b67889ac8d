import { permission } from '../../../domain/kernel/rights.js';
import { connectedProcesses } from '../../../projections/connected/query.js';
import type { Builder } from '../builder.js';
import { demands } from '../guard.js';

interface SystemStatus {
  readonly version: string;
  readonly isSecure: boolean;
  readonly processes: number;
  readonly behind: readonly string[];
  readonly halted: readonly string[];
}

/** Read models that are further behind than this do not show what has just happened. */
const behindSeconds = 5;

/** `systemStatus`: how the product is doing, as far as the process that answers can tell. */
export const addSystemStatus = (builder: Builder): void => {
  const status = builder.objectRef<SystemStatus>('SystemStatus').implement({
    fields: (t) => ({
      version: t.exposeString('version'),
      serverTime: t.field({ type: 'DateTime', resolve: () => new Date() }),
      isSecure: t.exposeBoolean('isSecure', {
        description: 'Whether the server saw this request come over HTTPS; a proxy in front must say so.',
      }),
      processes: t.exposeInt('processes', {
        description: 'Processes of the product that are connected to the database.',
      }),
      behind: t.exposeStringList('behind', {
        description: 'Groups of read models that are more than 5 seconds behind the log.',
      }),
      halted: t.exposeStringList('halted', {
        description: 'Groups of read models that have halted at an event.',
      }),
    }),
  });
  builder.queryField('systemStatus', (t) =>
    t.field({
      type: status,
      ...demands(permission('view_system_info')),
      resolve: async (_root, _args, { dependencies, request }) => {
        const [processes, groups] = await Promise.all([
          connectedProcesses(dependencies.db),
          dependencies.ports.readModels.status(),
        ]);
        const live = groups.filter(({ state }) => state === 'live');
        return {
          version: dependencies.settings.version,
          isSecure: request.protocol === 'https',
          processes,
          behind: live.filter(({ lagSeconds }) => lagSeconds > behindSeconds).map(({ name }) => name),
          halted: live.filter(({ halt }) => halt !== null).map(({ name }) => name),
        };
      },
    }),
  );
};
