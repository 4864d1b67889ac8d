import { createContext } from 'svelte';
import type { Brand } from '../client/brand.js';
import type { Me } from '../client/me.js';

export interface Shell {
  readonly me: Me;
  readonly brand: Brand;
}

/** Who is signed in, and whose house it is: the same on every page. */
export const [useShell, provideShell] = createContext<Shell>();
