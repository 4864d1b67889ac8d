import { z } from 'zod';

const noControls = (value: string): boolean => !/[\u0000-\u001f\u007f]/.test(value);
const text = (max: number): z.ZodString =>
  z.string().max(max).refine(noControls, { message: 'Control characters are not allowed.' });

/** What a profile field may hold, wherever it comes from. */
export const profileSchemas = {
  username: text(150)
    .min(1)
    .refine((value) => value.trim() !== '', { message: 'A user name is not blank.' }),
  name: text(200),
  email: z.union([z.literal(''), z.email().max(254)]),
  path: text(500).min(1),
  attributes: z.record(z.string(), z.json()).refine((value) => JSON.stringify(value).length <= 64 * 1024, {
    message: 'The attributes are larger than 64 KB.',
  }),
};
