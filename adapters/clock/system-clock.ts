import type { Clock } from '../../commands/ports.js';

export const systemClock: Clock = { now: () => new Date() };
