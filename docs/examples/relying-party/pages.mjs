const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (character) => escapes[character]);

const style = `
  :root { color-scheme: light dark; --line: light-dark(#d8dbe2, #3a3f4b); --soft: light-dark(#5b6272, #a3abbb); --accent: #0f766e; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
  header { display: flex; align-items: center; gap: .75rem; margin-bottom: 2rem; }
  header span { background: var(--accent); color: #fff; border-radius: .5rem; padding: .25rem .6rem; font-weight: 600; }
  header small { color: var(--soft); }
  h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
  h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
  th { width: 11rem; font-weight: 500; color: var(--soft); }
  form { display: inline-block; margin: 1.5rem .5rem 0 0; }
  button, a.button { font: inherit; display: inline-block; border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem;
    background: transparent; color: inherit; cursor: pointer; text-decoration: none; }
  .primary { background: var(--accent) !important; border-color: var(--accent) !important; color: #fff !important; }
  p.soft { color: var(--soft); }`;

/** The style is allowed by its own hash: the policy admits no other style and no script at all. */
export const inlineStyle = style;

const page = (title, body) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
<header><span>Expenses</span><small>an example application</small></header>
<main>${body}</main>
</html>`;

const valueOf = (value) =>
  Array.isArray(value)
    ? value.join(', ') || '(none)'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : value;

const table = (record) =>
  `<table>${Object.entries(record)
    .map(([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(valueOf(value))}</td></tr>`)
    .join('')}</table>`;

const button = (action, label, kind = '') =>
  `<form method="post" action="${action}"><button class="${kind}">${label}</button></form>`;

export const welcomePage = () =>
  page(
    'Expenses',
    `<h1>Nobody is signed in here</h1>
     <p class="soft">This application keeps no passwords. It asks the identity provider who you are.</p>
     <p><a class="button primary" href="/sign-in">Sign in</a></p>`,
  );

export const homePage = (session, userInfo) =>
  page(
    `Expenses of ${session.claims.name}`,
    `<h1>Hello, ${escape(session.claims.name || session.claims.preferred_username)}</h1>
     <p class="soft">Signed in with a code, PKCE, state and nonce; the ID token was verified.</p>
     <h2>Claims of the ID token</h2>${table(session.claims)}
     <h2>What the provider says now (userinfo)</h2>${table(userInfo)}
     <h2>Tokens</h2>${table({
       'access token ends': session.expiresAt.toISOString(),
       'granted scopes': session.scope,
       'refreshed so far': session.refreshes,
     })}
     ${session.refreshToken ? button('/refresh', 'Refresh the tokens', 'primary') : ''}
     ${button('/sign-out', 'Sign out')}`,
  );

export const signedOutPage = () =>
  page(
    'Signed out',
    `<h1>You are signed out</h1><p class="soft">Here and at the identity provider.</p>
     <p><a class="button primary" href="/sign-in">Sign in again</a></p>`,
  );

export const problemPage = (text) =>
  page(
    'That did not work',
    `<h1>That did not work</h1><p>${escape(text)}</p><p><a class="button" href="/">Back to the start</a></p>`,
  );
