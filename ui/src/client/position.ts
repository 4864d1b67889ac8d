const key = 'muniment.position';
const shape = /^([0-9a-f-]{36})\.(\d+)$/;

const parts = (text: string): readonly [string, bigint] | null => {
  const [, store, place] = shape.exec(text) ?? [];
  return store === undefined || place === undefined ? null : [store, BigInt(place)];
};

/** The newest position a write of this tab has reached. Reads demand it, so that nobody misses what he has just done. */
export const newestPosition = (): string | null => sessionStorage.getItem(key);

/** Keeps a position unless a newer one of the same log is known. */
export const rememberPosition = (text: string): void => {
  const given = parts(text);
  if (!given) return;
  const known = parts(newestPosition() ?? '');
  if (known?.[0] === given[0] && known[1] >= given[1]) return;
  sessionStorage.setItem(key, text);
};

/** Another log has taken the place of the one that the position belongs to. */
export const forgetPosition = (): void => sessionStorage.removeItem(key);
