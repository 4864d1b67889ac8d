/**
 * Every refusal a caller can receive, with its English text. Each protocol maps the codes to its own answers in
 * one table (`api/<protocol>/errors.ts`); texts for people are looked up by code in the message catalogue.
 */
export const errorTexts = {
  ALREADY_EXISTS: 'The object exists already.',
  AUDIT_SINK_BLOCKED: 'Changes wait until the event log has reached its receiver.',
  CANNOT_DELETE_SELF: 'You cannot delete the account you are signed in with.',
  CHANGED_SINCE: 'What the change has set was changed again since.',
  CLAIM_TAKEN: 'The value is already in use.',
  COMMAND_FORGOTTEN: 'The request was carried out before; its answer is not kept any more.',
  COMMAND_MISMATCH: 'The idempotency key was used for another request.',
  CREDENTIALS_PROTECTED: 'Credentials cannot be changed while impersonating.',
  DEPENDENCY_UNAVAILABLE: 'A service this operation needs is not available.',
  FEATURE_DISABLED: 'The feature is switched off.',
  FORBIDDEN: 'You do not have the right to do this.',
  FOREIGN_POSITION: 'The position is of another log: this one was restored or replaced.',
  GROUP_CYCLE: 'A group cannot be its own ancestor.',
  IMPERSONATION_NESTED: 'Stop the running impersonation first.',
  IMPERSONATION_SELF: 'You cannot impersonate yourself.',
  IMPERSONATION_UPWARD: 'Only a superuser may impersonate a superuser.',
  IN_USE: 'The object is in use.',
  INVALID_INPUT: 'The input is not valid.',
  LAST_SUPERUSER: 'At least one active superuser must remain.',
  LEGAL_HOLD: 'A legal hold forbids to erase this person.',
  NOT_FOUND: 'There is no such object.',
  NOT_REVERTIBLE: 'This cannot be taken back.',
  OUTBOUND_REFUSED: 'The address is not an allowed target.',
  PASSWORD_UNSUITABLE: 'The password does not meet the rules.',
  PROJECTION_BEHIND: 'The read model has not reached the requested position yet.',
  PROVIDER_IS_PUBLIC: 'A public client has no secret.',
  RATE_LIMITED: 'Too many attempts. Try again later.',
  RESERVED_TYPE: 'The type is reserved for the product.',
  RESTORE_EXPIRED: 'The object was deleted too long ago to be restored.',
  REVISION_CONFLICT: 'The object was changed by somebody else in the meantime.',
  SETUP_COMPLETED: 'The initial set-up has been completed already.',
  STALE_AUTHENTICATION: 'Sign in again to do this.',
  STORAGE_FULL: 'There is no space left to store anything. What exists can be read.',
  UNAUTHENTICATED: 'Sign in first.',
} as const;

export type ErrorCode = keyof typeof errorTexts;

/** One rejected input field: dotted `path`, a machine-readable `code` and an English `message`. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A refusal that is part of the domain: nothing was appended, nothing changed. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];

  constructor(code: ErrorCode, options: { message?: string; fields?: readonly FieldError[] } = {}) {
    super(options.message ?? errorTexts[code]);
    this.name = 'DomainError';
    this.code = code;
    this.fields = options.fields ?? [];
  }
}

/** A refusal that concerns one input field. */
export const fieldError = (code: ErrorCode, path: string, message: string = errorTexts[code]): DomainError =>
  new DomainError(code, { message, fields: [{ path, code, message }] });
