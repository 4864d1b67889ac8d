#!/usr/bin/env node
'use strict';
// One file starts everything: it builds when the build is missing or older than the sources, then runs in this process.
// It is CommonJS because the size of the thread pool must be set before the module loader uses it.
const { availableParallelism } = require('node:os');
process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 4);

(async () => {
  const { ensureBuilt } = await import('./build.mjs');
  if (!ensureBuilt()) process.exit(1);
  const { main } = await import('../dist/bin/muniment.js');
  await main(process.argv.slice(2));
})();
