import type { ChallengeBase } from './challenge.js';

/** Why there is no challenge to show, or why the last answer was not taken. */
export type Problem =
  | { readonly kind: 'rate_limited'; readonly seconds: number }
  | { readonly kind: 'unavailable' | 'unreachable' | 'refused' | 'not_found' };

export type Outcome = { readonly challenge: ChallengeBase } | { readonly problem: Problem };

const defaultWaitSeconds = 60;

const problemOf = (response: Response): Problem => {
  switch (response.status) {
    case 404:
      return { kind: 'not_found' };
    case 429:
      return {
        kind: 'rate_limited',
        seconds: Number(response.headers.get('retry-after')) || defaultWaitSeconds,
      };
    case 502:
    case 503:
    case 504:
      return { kind: 'unavailable' };
    default:
      return { kind: 'refused' };
  }
};

const request = async (url: string, init?: RequestInit): Promise<Outcome> => {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, ...init });
    if (!response.ok) return { problem: problemOf(response) };
    return { challenge: (await response.json()) as ChallengeBase };
  } catch {
    return { problem: { kind: 'unreachable' } };
  }
};

/** The run of one flow in one tab, as the server sees it. */
export interface Run {
  readonly slug: string;
  /** Own query string of the page, without the question mark. */
  readonly query: string;
  readonly execution: string | null;
}

const addressOf = ({ slug, query, execution }: Run): string =>
  `/api/v3/flows/executor/${encodeURIComponent(slug)}/?query=${encodeURIComponent(query)}${
    execution === null ? '' : `&execution=${encodeURIComponent(execution)}`
  }`;

/** The pending challenge of a run; a new run when there is none yet. */
export const loadChallenge = (run: Run): Promise<Outcome> => request(addressOf(run));

/** Answers the challenge of one step. The server ignores answers to a step that is over. */
export const answerChallenge = (
  run: Run,
  step: number,
  answer: Readonly<Record<string, unknown>>,
): Promise<Outcome> =>
  request(`${addressOf(run)}&step=${String(step)}`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(answer),
  });
