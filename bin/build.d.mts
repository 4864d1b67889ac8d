export const build: () => boolean;
export const ensureBuilt: () => boolean;
