/** What mails say beside what they are about. */
export interface MailTexts {
  readonly severity: Readonly<Record<'notice' | 'warning' | 'alert', string>>;
  readonly when: string;
  readonly who: string;
  readonly what: string;
  readonly from: string;
  readonly reason: string;
  readonly rule: string;
  readonly open: string;
  readonly more: (count: number) => string;
  readonly sentBecause: string;
  readonly testTitle: string;
  readonly testBody: string;
}

const english: MailTexts = {
  severity: { notice: 'Notice', warning: 'Warning', alert: 'Alert' },
  when: 'When',
  who: 'Who',
  what: 'What',
  from: 'From',
  reason: 'Reason',
  rule: 'Rule',
  open: 'Open in the event log',
  more: (count) => `and ${String(count)} more`,
  sentBecause: 'This mail was sent by a notification rule of Muniment.',
  testTitle: 'Mail works',
  testBody: 'This is a test. Mails of this installation reach you.',
};

const byLanguage: Readonly<Record<string, MailTexts>> = { en: english };

/** Texts in a person's language (`de-CH` counts as `de`); English where there are none. */
export const mailTexts = (locale: string | null): MailTexts =>
  byLanguage[(locale ?? 'en').slice(0, 2).toLowerCase()] ?? english;
