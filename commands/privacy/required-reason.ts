import { fieldError } from '../../domain/kernel/errors.js';
import type { CommandContext } from '../command.js';

const longestReason = 500;

/** The reason that goes on record with a command. Throws `INVALID_INPUT` on reason. */
export const requiredReason = ({ reason }: CommandContext): string => {
  const text = reason?.trim() ?? '';
  if (text === '') throw fieldError('INVALID_INPUT', 'reason', 'Say why.');
  if (text.length > longestReason)
    throw fieldError('INVALID_INPUT', 'reason', `Say why in ${String(longestReason)} characters or less.`);
  return text;
};
