import { query } from '../../client/api.js';
import { graphql, type ResultOf } from '../../client/environment.js';
import { t } from '../../messages/t.js';

const statusDocument = graphql(`
  query SystemStatus {
    systemStatus {
      version
      serverTime
      isSecure
      processes
      behind
      halted
    }
  }
`);

type Answer = ResultOf<typeof statusDocument>['systemStatus'];

export interface SystemStatus extends Answer {
  /** How far the clock of the server is ahead of that of the browser, give or take the way of the answer. */
  readonly clockAheadMs: number;
}

export const loadSystemStatus = async (): Promise<SystemStatus> => {
  const asked = Date.now();
  const { systemStatus } = await query(statusDocument, {});
  const middle = (asked + Date.now()) / 2;
  return { ...systemStatus, clockAheadMs: Date.parse(systemStatus.serverTime) - middle };
};

const tolerableMs = 5000;

export interface SystemWarning {
  readonly text: string;
  readonly aboutReadModels: boolean;
}

/** What an administrator should look at; nothing when all is well. */
export const systemWarnings = (
  { isSecure, processes, clockAheadMs, halted, behind }: SystemStatus,
  browserIsSecure: boolean,
): readonly SystemWarning[] => {
  const late = behind.filter((group) => !halted.includes(group));
  return [
    ...(processes === 0 ? [{ text: t('system.no_process'), aboutReadModels: false }] : []),
    ...(browserIsSecure && !isSecure ? [{ text: t('system.https'), aboutReadModels: false }] : []),
    ...(Math.abs(clockAheadMs) > tolerableMs
      ? [
          {
            text: t('system.clock', { seconds: Math.round(Math.abs(clockAheadMs) / 1000) }),
            aboutReadModels: false,
          },
        ]
      : []),
    ...halted.map((group) => ({ text: t('system.halted', { group }), aboutReadModels: true })),
    ...late.map((group) => ({ text: t('system.behind', { group }), aboutReadModels: true })),
  ];
};
