/** The live page. It gets each delivery as a server-sent event and shows it as text, never as HTML. */
export const livePage = (nonce) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Webhook receiver</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; --line: light-dark(#d8dbe2, #3a3f4b); --soft: light-dark(#5b6272, #a3abbb); }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 3rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
  p { color: var(--soft); margin: 0 0 1.5rem; }
  article { border: 1px solid var(--line); border-left: .3rem solid #0f766e; border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 .75rem; }
  article.refused { border-left-color: #b91c1c; }
  article strong { display: block; overflow-wrap: anywhere; }
  article small { color: var(--soft); }
  pre { font-size: .8rem; overflow-x: auto; margin: .5rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
<h1>Webhook receiver</h1>
<p id="state" role="status">Waiting for the first delivery &hellip;</p>
<div id="list"></div>
<template id="delivery"><article><strong></strong><small></small><details><summary>Body</summary><pre></pre></details></article></template>
<script nonce="${nonce}">
  const list = document.querySelector('#list');
  const seen = new Set();
  new EventSource('/live').onmessage = ({ data }) => {
    const delivery = JSON.parse(data);
    if (seen.has(delivery.number)) return;
    seen.add(delivery.number);
    const item = document.querySelector('#delivery').content.cloneNode(true);
    item.querySelector('article').classList.toggle('refused', !delivery.genuine);
    item.querySelector('strong').textContent = delivery.title;
    item.querySelector('small').textContent = [
      new Date(delivery.at).toLocaleTimeString(),
      delivery.genuine ? 'signature verified' : 'REFUSED: the signature does not fit',
      delivery.id,
    ].join(' · ');
    item.querySelector('pre').textContent = JSON.stringify(delivery.body, null, 2);
    list.prepend(item);
    document.querySelector('#state').textContent =
      seen.size === 1 ? 'One delivery so far.' : seen.size + ' deliveries so far.';
  };
</script>
</html>`;
