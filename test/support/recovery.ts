import { createTokenCommand } from '../../commands/access/create-token.js';
import type { Product } from './product.js';

/** Path of a new recovery key for a person. */
export const recoveryPath = async (product: Product, userId: string): Promise<string> => {
  const { ports } = product.core;
  const { key } = await product.run(createTokenCommand, {
    userId,
    intent: 'recovery',
    identifier: `recovery-${ports.ids.randomText(6)}`,
    description: '',
    expiresAt: new Date(ports.clock.now().getTime() + 3_600_000).toISOString(),
  });
  return `/recovery/use-token/${key}/`;
};
