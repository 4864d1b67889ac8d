/** What one mail says. Everything is plain text: it is escaped where it becomes HTML. */
export interface MailContent {
  /** Of what stands around the title and the body. */
  readonly language: string;
  readonly title: string;
  readonly body: string;
  /** Colour of the bar above. */
  readonly tone: 'notice' | 'warning' | 'alert';
  readonly rows: readonly (readonly [label: string, value: string])[];
  /** Lines below the table, such as what a digest gathers. */
  readonly items: readonly string[];
  readonly link: { readonly text: string; readonly url: string } | null;
  readonly footer: string;
}

const tones = { notice: '#3346d3', warning: '#b45309', alert: '#b91c1c' } as const;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

/** The look of every mail: inline styles for programs that know no others, and darker colours for those that do. */
export const mailHtml = (content: MailContent): string => {
  const rows = content.rows
    .map(
      ([label, value]) =>
        `<tr><td class="muted" style="padding:4px 16px 4px 0;color:#5b6170;vertical-align:top;white-space:nowrap">${escape(label)}</td><td style="padding:4px 0;word-break:break-word">${escape(value)}</td></tr>`,
    )
    .join('');
  const items = content.items.map((item) => `<li style="margin:0 0 4px">${escape(item)}</li>`).join('');
  const link = content.link
    ? `<p style="margin:24px 0 0"><a href="${escape(content.link.url)}" style="display:inline-block;padding:10px 16px;border-radius:8px;background:#3346d3;color:#ffffff;text-decoration:none;font-weight:600">${escape(content.link.text)}</a></p>`
    : '';
  return `<!doctype html>
<html lang="${content.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escape(content.title)}</title>
<style>@media (prefers-color-scheme: dark) { .page { background: #12141a !important; color: #e8eaf0 !important } .card { background: #1b1e27 !important } .muted { color: #a0a6b5 !important } }</style></head>
<body class="page" style="margin:0;padding:24px 12px;background:#f4f5f8;color:#1a1d26;font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" style="max-width:560px;margin:0 auto;border-collapse:collapse"><tr><td style="padding:0 0 16px"><img src="cid:logo@muniment" width="32" height="32" alt="Muniment" style="border-radius:8px"></td></tr>
<tr><td class="card" style="padding:24px;background:#ffffff;border-radius:12px;border-top:4px solid ${tones[content.tone]}">
<h1 style="margin:0 0 8px;font-size:20px;line-height:1.3">${escape(content.title)}</h1><p style="margin:0 0 16px;word-break:break-word">${escape(content.body)}</p>
${rows === '' ? '' : `<table role="presentation" style="border-collapse:collapse;font-size:14px">${rows}</table>`}${items === '' ? '' : `<ul style="margin:16px 0 0;padding-left:20px;font-size:14px">${items}</ul>`}${link}
</td></tr><tr><td class="muted" style="padding:16px 0;color:#5b6170;font-size:13px">${escape(content.footer)}</td></tr></table></body></html>`;
};

/** The same for programs that show text only. */
export const mailText = (content: MailContent): string =>
  [
    content.title,
    '',
    content.body,
    ...(content.rows.length > 0 ? ['', ...content.rows.map(([label, value]) => `${label}: ${value}`)] : []),
    ...(content.items.length > 0 ? ['', ...content.items.map((item) => `- ${item}`)] : []),
    ...(content.link ? ['', `${content.link.text}: ${content.link.url}`] : []),
    '',
    '-- ',
    content.footer,
    '',
  ].join('\n');
