/** What to do first, for a person at a terminal. */
export const tour = ({ baseUrl, secureUrl, appUrl, hooksUrl, password, adminPassword, folder, keep }) => `
Muniment is ready, with 200 people, 12 groups and 6 applications.

  Sign in           ${baseUrl}/            (or ${secureUrl}/ with a self-signed certificate)
  Administration    ${baseUrl}/if/admin/   akadmin / ${adminPassword}
  A person          amara.okafor / ${password}   (everybody has this password)
  Example app       ${appUrl}/
  Webhooks          ${hooksUrl}/

A short tour

  1. Sign in.          ${baseUrl}/if/user/ as amara.okafor: she sees the applications of her groups.
  2. Open an app.      Choose Expenses and allow it to see her profile. It shows her claims; refresh
                       the tokens, then sign out: she is signed out at the provider too.
  3. See the events.   ${baseUrl}/if/admin/events/log as akadmin, in a private window: every step is there.
                       Change the description of an application and open its entry: before and after.
  4. See the webhook.  ${hooksUrl}/ shows what the rule "Sign-ins and changes" sends, signature verified.
  5. Read on.          docs/examples/ holds the application and the receiver, docs/api/schema.graphql
                       the API that filled this installation.

${keep ? `The data stay in ${folder}` : 'The data are in a temporary folder and go when this stops'}. Stop with Ctrl-C.
`;
