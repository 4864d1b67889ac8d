/** What of an entry stands in the head of a syslog message. */
export interface SyslogRecord {
  readonly entryId: string;
  readonly position: bigint;
  readonly action: string;
  readonly severity: 'notice' | 'warning' | 'alert';
  readonly occurredAt: string;
  readonly line: string;
}

/** Facilities of RFC 5424: `authpriv`, and `log audit` for the rest. */
const authentication = 10;
const logAudit = 13;
const authenticationActions = [
  'login',
  'login_failed',
  'logout',
  'password_set',
  'impersonation_started',
  'impersonation_ended',
  'authorize_application',
];

const severities = { notice: 5, warning: 4, alert: 1 } as const;

const printable = (text: string, max: number): string =>
  text.replace(/[^\x21-\x7e]/g, '_').slice(0, max) || '-';

/** Value of a structured parameter (RFC 5424, 6.3.3). */
const parameter = (text: string): string => text.replace(/["\\\]]/g, '\\$&');

const oneLine = (text: string): string => text.replace(/[\r\n\u0000]+/g, ' ');

/** One message (RFC 5424). The text is UTF-8 and says so with a byte order mark. */
export const syslogMessage = (
  record: SyslogRecord,
  options: { readonly hostName: string; readonly enterpriseNumber: number },
): string => {
  const facility = authenticationActions.includes(record.action) ? authentication : logAudit;
  const priority = facility * 8 + severities[record.severity];
  const data = `[muniment@${String(options.enterpriseNumber)} id="${parameter(record.entryId)}" position="${String(record.position)}"]`;
  const head = [
    `<${String(priority)}>1`,
    record.occurredAt,
    printable(options.hostName, 255),
    'muniment',
    '-',
    printable(record.action, 32),
    data,
  ];
  return `${head.join(' ')} \ufeff${oneLine(record.line)}`;
};

const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

/** A message as it stands in a stream: with its length before it (RFC 5425, RFC 6587) or a line feed behind it. */
export const syslogFrame = (message: string, framing: 'octet_counting' | 'line_feed'): string =>
  framing === 'line_feed' ? `${message}\n` : `${String(utf8Length(message))} ${message}`;
