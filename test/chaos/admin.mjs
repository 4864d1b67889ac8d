import { Unknown } from './browser.mjs';

/** What the API says about a moment in which it could not work. The outcome of such a command is not known. */
const momentary = ['DEPENDENCY_UNAVAILABLE', 'PROJECTION_BEHIND', 'STORAGE_FULL'];

/** A refusal: nothing was stored. */
export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Takes an answer apart. Throws `Unknown`, `Refused`; anything unexpected is told to `complain`. */
export const dataOf = ({ status, text }, complain) => {
  if (status >= 500 && status !== 503) complain(`status ${status}: ${text.slice(0, 300)}`);
  if (status >= 500) throw new Unknown(`status ${status}`);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    complain(`no JSON: ${status} ${text.slice(0, 300)}`);
    throw new Unknown('no JSON');
  }
  const code = body.errors?.[0]?.extensions?.code ?? (status >= 400 ? (body.code ?? body.error) : undefined);
  if (code === 'INTERNAL_ERROR' || code === 'server_error')
    complain(`internal error: ${JSON.stringify(body).slice(0, 300)}`);
  if (code === 'INTERNAL_ERROR' || momentary.includes(code)) throw new Unknown(code);
  if (code !== undefined) throw new Refused(code);
  return body.data ?? body;
};

/** Asks the administrators' API. */
export const ask = async (browser, token, { query, variables, key }, complain) =>
  dataOf(
    await browser.json(
      '/graphql',
      { query, variables },
      { authorization: `Bearer ${token}`, ...(key === undefined ? {} : { 'idempotency-key': key }) },
    ),
    complain,
  );
