/** Stands where personal data stood before its subject was erased. Reads as `[erased]` wherever text is expected. */
export const erased = '[erased]';
