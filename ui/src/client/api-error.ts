/** One rejected input field, as the server names it. */
export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A refusal of the server, or that it could not be asked. `code` is of its closed list, or one of ours. */
export class ApiError extends Error {
  readonly code: string;
  readonly fields: readonly FieldProblem[];
  readonly errorId: string | null;

  constructor(
    code: string,
    message: string,
    fields: readonly FieldProblem[] = [],
    errorId: string | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.fields = fields;
    this.errorId = errorId;
  }
}
