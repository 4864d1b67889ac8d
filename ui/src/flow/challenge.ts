/** Where the run stands and how its page looks: the envelope around every challenge. */
export interface FlowInfo {
  readonly title: string;
  readonly background: string;
  readonly cancel_url: string;
  readonly layout: string;
  readonly execution: string;
  readonly step: number;
}

export interface ResponseError {
  readonly string: string;
  readonly code: string;
}

export interface ChallengeBase {
  readonly component: string;
  readonly flow_info: FlowInfo;
  readonly response_errors?: Readonly<Record<string, readonly ResponseError[]>>;
  readonly pending_user?: string;
  readonly pending_user_avatar?: string;
}

export interface IdentificationChallenge extends ChallengeBase {
  readonly user_fields: readonly ('username' | 'email' | 'upn')[] | null;
  readonly password_fields: boolean;
  readonly application_pre: string | null;
  readonly enroll_url: string | null;
  readonly recovery_url: string | null;
  readonly primary_action: string;
}

export interface PasswordChallenge extends ChallengeBase {
  readonly recovery_url: string | null;
  readonly allow_show_password?: boolean;
}

export interface PromptField {
  readonly field_key: string;
  readonly label: string;
  readonly type: string;
  readonly required: boolean;
  readonly placeholder: string;
  readonly initial_value: string;
  readonly sub_text: string;
  readonly choices: readonly { readonly label: string; readonly value: string }[];
}

export interface PromptChallenge extends ChallengeBase {
  readonly fields: readonly PromptField[];
}

export interface Permission {
  readonly id: string;
  readonly name: string;
}

export interface ConsentChallenge extends ChallengeBase {
  readonly header_text: string;
  readonly permissions: readonly Permission[];
  readonly additional_permissions: readonly Permission[];
  readonly token: string;
}

export interface AutosubmitChallenge extends ChallengeBase {
  readonly url: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly title?: string;
}

export interface AccessDeniedChallenge extends ChallengeBase {
  readonly error_message: string | null;
}

export interface FlowErrorChallenge extends ChallengeBase {
  readonly request_id: string;
  readonly error?: string;
}

export interface RedirectChallenge extends ChallengeBase {
  readonly to: string;
}

/** First complaint about a field of the last response, if there was one. */
export const errorOf = (challenge: ChallengeBase, field: string): string | null =>
  challenge.response_errors?.[field]?.[0]?.string ?? null;
