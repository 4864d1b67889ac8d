import { loadStreamLags } from '../../client/ssf.js';
import { clock } from '../../design/clock.svelte.js';
import { agoText } from '../../messages/moment.js';
import { t } from '../../messages/t.js';
import type { ExtraColumn } from '../override/overrides.js';

/** What waits in each stream, and since when. */
export const streamLag: ExtraColumn = {
  key: 'lag',
  label: () => t('stream.waiting'),
  load: async () => {
    const lags = await loadStreamLags();
    return (id) => {
      const lag = lags.get(id);
      return lag
        ? t('stream.waiting.brief', { count: lag.waiting, since: agoText(lag.oldestAt, clock.now) })
        : t('stream.waiting.none');
    };
  },
};
