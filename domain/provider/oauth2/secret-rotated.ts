import { z } from 'zod';
import type { Special } from '../../kernel/model.js';
import { secretRef } from '../../kernel/secret.js';

const shape = {
  clientSecret: secretRef,
  previousClientSecret: secretRef.nullable(),
  previousClientSecretExpiresAt: z.iso.datetime().nullable(),
};

/** `provider.secret.rotated`: a new client secret; the one before stays valid for an overlap. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the state is typed where the model declares its fields
export const secretRotated: Special<any> = {
  version: 1,
  shape,
  apply: (state, data) => ({ ...state, ...data }),
};
