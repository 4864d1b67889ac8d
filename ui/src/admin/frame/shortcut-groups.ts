import { t } from '../../messages/t.js';
import { commandKey } from '../../shell/shortcuts.js';
import { places } from './navigation.js';

/** What the help on shortcuts lists. */
export const shortcutGroups = [
  {
    title: t('shortcuts.general'),
    shortcuts: [
      { keys: [commandKey, 'K'], label: t('shortcuts.palette') },
      { keys: ['/'], label: t('shortcuts.search') },
      { keys: ['?'], label: t('shortcuts.help') },
      { keys: ['Esc'], label: t('shortcuts.escape') },
    ],
  },
  {
    title: t('shortcuts.tables'),
    shortcuts: [
      { keys: ['↑', '↓'], label: t('shortcuts.rows') },
      { keys: ['Enter'], label: t('shortcuts.open') },
      { keys: ['Space'], label: t('shortcuts.select') },
    ],
  },
  {
    title: t('shortcuts.go'),
    shortcuts: places.flatMap(({ letter, label }) =>
      letter === null ? [] : [{ keys: ['g', letter], label }],
    ),
  },
] as const;
