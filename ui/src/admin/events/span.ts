import type { FeedQuestion } from './event-feed.svelte.js';

const dayMs = 86_400_000;
/** What pictures of the log show when no range is asked for. */
const usualDays = 30;

/** The range of time that a question asks about; without one the last thirty days. */
export const spanOf = (
  { from, to }: FeedQuestion,
  now: number,
): { readonly from: string; readonly to: string } => {
  const end = to ?? new Date(now).toISOString();
  return { from: from ?? new Date(Date.parse(end) - usualDays * dayMs).toISOString(), to: end };
};
