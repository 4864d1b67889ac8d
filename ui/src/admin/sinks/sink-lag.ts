import { loadSinkLags } from '../../client/sinks.js';
import { numberText } from '../../messages/moment.js';
import { t } from '../../messages/t.js';
import type { ExtraColumn } from '../override/overrides.js';

/** How far each sink is behind the event log, and what its receiver has refused for good. */
export const sinkLag: ExtraColumn = {
  key: 'lag',
  label: () => t('sink.page.lag'),
  load: async () => {
    const lags = await loadSinkLags();
    return (id) => {
      const lag = lags.get(id);
      if (!lag) return '';
      const { lagEntries, lagSeconds, deadLetters } = lag;
      const behind =
        lagEntries === 0
          ? t('sink.page.current')
          : t('sink.list.behind', {
              count: numberText(lagEntries),
              seconds: numberText(Math.round(lagSeconds)),
            });
      return deadLetters === 0 ? behind : t('sink.list.letters', { behind, count: numberText(deadLetters) });
    };
  },
};
