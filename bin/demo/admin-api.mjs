import { setTimeout as delay } from 'node:timers/promises';

const pauseMs = 500;
const maxTries = 20;

/**
 * Asks the administrators' GraphQL API with an API token. A machine that hashes passwords as fast as it can turns more of
 * them away for a moment: such a refusal is tried again. Throws what else the API refuses.
 */
export const adminApi = ({ baseUrl, token }) => {
  const ask = async (query, variables) => {
    const response = await fetch(`${baseUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  return async (query, variables = {}) => {
    for (let attempt = 1; ; attempt += 1) {
      const { data, errors } = await ask(query, variables);
      if (!errors) return data;
      const [{ message, extensions }] = errors;
      if (extensions?.code !== 'RATE_LIMITED' || attempt >= maxTries)
        throw new Error(`${message} ${JSON.stringify(extensions ?? {})}`);
      await delay(pauseMs);
    }
  };
};

/** Works on all items, a few at a time. */
export const eachOf = async (items, atOnce, work) => {
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [index, item] of queue) await work(item, index);
    }),
  );
};
