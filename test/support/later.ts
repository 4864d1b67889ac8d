import { vi } from 'vitest';
import type { Product } from './product.js';

/** Does something as if so much time had passed. Moves the product's clock only, not the database's. */
export const later = async <T>(product: Product, ms: number, work: () => Promise<T>): Promise<T> => {
  const clock = vi.spyOn(product.core.ports.clock, 'now');
  clock.mockImplementation(() => new Date(Date.now() + ms));
  try {
    return await work();
  } finally {
    clock.mockRestore();
  }
};
