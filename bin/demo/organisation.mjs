/** Which groups there are, how many of a hundred people each has, and above which it stands. */
export const groups = [
  { name: 'Staff', share: 0 },
  { name: 'Engineering', parent: 'Staff', share: 26 },
  { name: 'Platform', parent: 'Engineering', share: 8 },
  { name: 'Security', parent: 'Engineering', share: 4 },
  { name: 'Design', parent: 'Staff', share: 7 },
  { name: 'Product', parent: 'Staff', share: 8 },
  { name: 'Sales', parent: 'Staff', share: 14 },
  { name: 'Support', parent: 'Staff', share: 12 },
  { name: 'Finance', parent: 'Staff', share: 6 },
  { name: 'People', parent: 'Staff', share: 4 },
  { name: 'Legal', parent: 'Staff', share: 3 },
  { name: 'Contractors', share: 8 },
];

/** Group of each of `count` people: the first ones are in the first group that has members, and so on. */
export const groupOf = (index, count) => {
  let seen = 0;
  for (const { name, share } of groups) {
    seen += share;
    if ((index / count) * 100 < seen) return name;
  }
  return groups.at(-1).name;
};

/** What the library shows. Without groups everybody sees an application. */
export const applications = (appUrl) => [
  {
    values: {
      name: 'Expenses',
      slug: 'expenses',
      group: 'Everyday',
      publisher: 'Finance',
      description: 'Signs in with OpenID Connect and shows what it learns.',
      launchUrl: `${appUrl}/sign-in`,
    },
    visibleTo: [],
  },
  {
    values: {
      name: 'Handbook',
      slug: 'handbook',
      group: 'Everyday',
      publisher: 'People',
      description: 'How we work.',
      launchUrl: 'https://example.com/handbook',
      openInNewTab: true,
    },
    visibleTo: ['Staff'],
  },
  {
    values: {
      name: 'Source code',
      slug: 'source-code',
      group: 'Engineering',
      publisher: 'Platform',
      description: 'Repositories and reviews.',
      launchUrl: 'https://example.com/code/%(username)s',
      openInNewTab: true,
    },
    visibleTo: ['Engineering', 'Contractors'],
  },
  {
    values: {
      name: 'Incident room',
      slug: 'incident-room',
      group: 'Engineering',
      publisher: 'Security',
      launchUrl: 'https://example.com/incidents',
      openInNewTab: true,
    },
    visibleTo: ['Platform', 'Security'],
  },
  {
    values: {
      name: 'Customer desk',
      slug: 'customer-desk',
      group: 'Customers',
      publisher: 'Support',
      launchUrl: 'https://example.com/desk',
      openInNewTab: true,
    },
    visibleTo: ['Sales', 'Support'],
  },
  {
    values: {
      name: 'Payroll',
      slug: 'payroll',
      group: 'Money',
      publisher: 'Finance',
      launchUrl: 'https://example.com/payroll',
      openInNewTab: true,
    },
    visibleTo: ['Finance', 'People'],
  },
];

/** What the webhook of the tour hears of. */
export const interesting = {
  field: 'action',
  is: [
    'login',
    'login_failed',
    'logout',
    'authorize_application',
    'model_updated',
    'password_set',
    'secret_rotate',
  ],
};
