import { expect, it } from 'vitest';
import { allowedLagSeconds } from '../../../domain/sink/batch-limits.js';

const own = { batchCount: null, batchKib: null, batchSeconds: null, maxLagSeconds: 300 };

it('a blocking sink is not too far behind while its batch waits for company as it is told to', () => {
  expect(allowedLagSeconds('http', { ...own, batchSeconds: 3600 })).toBe(3900);
  // A batch of S3 waits five minutes by itself.
  expect(allowedLagSeconds('s3', own)).toBe(600);
  expect(allowedLagSeconds('file', own)).toBe(300);
});
