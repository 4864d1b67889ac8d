import { expect, it } from 'vitest';
import { launchUrl } from '../../../domain/application/launch-url.js';

const user = {
  username: 'jane/..?x',
  email: 'jane@example.com',
  name: 'Jane',
  id: '018f2f6e',
  credential: 'secret',
  attributes: { pin: '1234' },
};
const open = (template: string, provider: string | null = null): string | null =>
  launchUrl({ launchUrl: template } as never, user, provider);

it('D3: placeholders show four things about a person, percent-encoded, and nothing else', () => {
  expect(open('https://a.example/%(username)s?m=%(email)s&n=%(name)s&u=%(uuid)s')).toBe(
    'https://a.example/jane%2F..%3Fx?m=jane%40example.com&n=Jane&u=018f2f6e',
  );
  for (const name of ['password', 'credential', 'attributes', 'constructor', '__proto__', 'toString', 'pin'])
    expect(open(`https://a.example/?x=%(${name})s`)).toBe(`https://a.example/?x=%(${name})s`);
});

it('W4: only addresses of the web are opened', () => {
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', '//evil.example/', 'blank://blank', ''])
    expect(open(bad)).toBeNull();
  expect(open('', 'https://b.example/')).toBe('https://b.example/');
});
