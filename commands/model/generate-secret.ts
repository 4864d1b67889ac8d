import { Secret } from '../../domain/kernel/secret.js';
import type { Identifiers } from '../ports.js';

const bytes = 96;

/** A secret that a machine will present: 128 characters. */
export const generateSecret = (ids: Identifiers): Secret => new Secret(ids.randomText(bytes));
