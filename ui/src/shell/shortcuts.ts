const sequenceMs = 1000;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

const isInDialog = (): boolean => document.querySelector('[role="dialog"], [role="menu"]') !== null;

/** Text of the key that opens the palette on this system. */
export const commandKey = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

/**
 * Listens for shortcuts until the returned function is called: single keys (`?`), two keys one after the other (`g u`),
 * and `mod+k`. Only the last kind works while somebody is typing or a dialog is open.
 */
export const listenToShortcuts = (shortcuts: Readonly<Record<string, () => void>>): (() => void) => {
  let first = '';
  let at = 0;
  const onkeydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    const withCommand = event.ctrlKey || event.metaKey;
    if (!withCommand && (isTyping(event.target) || isInDialog())) return;
    const inSequence = first !== '' && event.timeStamp - at < sequenceMs;
    const name = withCommand
      ? `mod+${event.key.toLowerCase()}`
      : inSequence
        ? `${first} ${event.key}`
        : event.key;
    const act = shortcuts[name];
    first = act || withCommand || inSequence ? '' : event.key;
    at = event.timeStamp;
    if (!act) return;
    event.preventDefault();
    act();
  };
  addEventListener('keydown', onkeydown);
  return () => removeEventListener('keydown', onkeydown);
};

/** Puts the cursor into the page's own search field, if it has one. */
export const focusSearch = (): void => {
  const input = document.querySelector<HTMLInputElement>('main [data-search], [data-search]');
  input?.focus();
  input?.select();
};
