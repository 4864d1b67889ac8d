import type { Logger } from '../../commands/ports.js';

const nothing = (): void => undefined;

export const silent: Logger = { info: nothing, warn: nothing, error: nothing };
