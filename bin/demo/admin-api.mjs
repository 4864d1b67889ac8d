/** Asks the administrators' GraphQL API with an API token. Throws what the API refuses. */
export const adminApi =
  ({ baseUrl, token }) =>
  async (query, variables = {}) => {
    const response = await fetch(`${baseUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(`${errors[0].message} ${JSON.stringify(errors[0].extensions ?? {})}`);
    return data;
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
