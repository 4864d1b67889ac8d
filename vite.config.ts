import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Writes the packed form beside each file that packs well, so that the server only has to pick one. */
const packed = (): Plugin => ({
  name: 'packed',
  apply: 'build',
  writeBundle: ({ dir = '' }) => {
    const assets = join(dir, 'assets');
    for (const name of readdirSync(assets).filter((file) => /\.(js|css|svg)$/.test(file))) {
      const content = readFileSync(join(assets, name));
      writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content));
      writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
    }
  },
});

/** The interface: one page and one set of scripts for each of the three ways in. Served by `api/ui/pages.ts`. */
export default defineConfig({
  root: path('ui'),
  base: '/static/dist/',
  publicDir: false,
  plugins: [svelte(), tailwindcss(), packed()],
  html: { cspNonce: 'CSP_NONCE' },
  build: {
    outDir: path('dist/ui'),
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'safari17.5', 'firefox120'],
    // A font inside the style sheet would be a data address, which the page's policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['flow', 'user', 'admin'].map((name) => path(`ui/${name}.html`)) },
  },
});
