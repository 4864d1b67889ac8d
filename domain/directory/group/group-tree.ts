/*
 * The guard of the group tree: decisions over the whole tree (cycles, last superuser) write here, so that two of them
 * at the same time cannot both be right.
 * Stream `grouptree-main`.
 */
import { eventType } from '../../kernel/event.js';

export const groupTreeEvents = { 'grouptree.guarded': eventType(1, {}) };

export const groupTreeStream = { category: 'grouptree', id: 'main' } as const;
