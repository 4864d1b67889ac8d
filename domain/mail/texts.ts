/** What mails say beside what they are about. */
export interface MailTexts {
  readonly language: string;
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
  language: 'en',
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

const german: MailTexts = {
  language: 'de',
  severity: { notice: 'Hinweis', warning: 'Warnung', alert: 'Alarm' },
  when: 'Wann',
  who: 'Wer',
  what: 'Was',
  from: 'Von',
  reason: 'Grund',
  rule: 'Regel',
  open: 'Im Ereignisprotokoll öffnen',
  more: (count) => `und ${String(count)} weitere`,
  sentBecause: 'Eine Benachrichtigungsregel von Muniment hat diese E-Mail veranlasst.',
  testTitle: 'E-Mail funktioniert',
  testBody: 'Dies ist ein Test. E-Mails dieser Installation erreichen Sie.',
};

const byLanguage: Readonly<Record<string, MailTexts>> = { de: german, en: english };

/** Texts in a person's language (`de-CH` counts as `de`); English where there are none. */
export const mailTexts = (locale: string | null): MailTexts =>
  byLanguage[(locale ?? 'en').slice(0, 2).toLowerCase()] ?? english;
