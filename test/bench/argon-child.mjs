// How many passwords one processor verifies, with the parameters of the product.
import { hash, verify } from '@node-rs/argon2';
import { cpuSeconds, loop } from './measure.mjs';

const stored = await hash('a password', { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 });
const before = cpuSeconds(process.pid);
const seconds = Number(process.argv[2]);
const { rate, p99Ms } = await loop(() => verify(stored, 'a password'), { seconds, writers: 1 });
const cpuUs = ((cpuSeconds(process.pid) - before) / (rate * seconds)) * 1e6;
process.send({ rate, p99Ms, cpuUs }, () => process.exit(0));
