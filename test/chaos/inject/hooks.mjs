import { altered } from './alterations.mjs';

let changes = [];

export const initialize = (given) => {
  changes = given;
};

/** Hands out the modules of the build, some of them changed. */
export const load = async (url, context, next) => {
  const loaded = await next(url, context);
  const due = changes.filter(({ file }) => url.endsWith(`/dist/${file}`));
  if (due.length === 0) return loaded;
  return { ...loaded, source: due.reduce(altered, String(loaded.source)) };
};
