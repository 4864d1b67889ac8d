import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../adapters/pattern/compile-pattern.js';
import type { DomainError } from '../../../domain/kernel/errors.js';
import {
  admitsRedirect,
  admittedOrigin,
  requireUsableRedirectUris,
  type RedirectUri,
} from '../../../domain/provider/oauth2/redirect-uri.js';

const strict = (url: string): RedirectUri => ({ url, matchingMode: 'strict', type: 'authorization' });
const regex = (url: string): RedirectUri => ({ url, matchingMode: 'regex', type: 'authorization' });

const admits = (
  entries: readonly RedirectUri[],
  value: string,
  clientType: 'public' | 'confidential' = 'confidential',
): boolean => admitsRedirect({ redirectUris: entries, clientType }, value, 'authorization', compilePattern);

describe('E3: a redirect address matches the registered one letter by letter', () => {
  const registered = [strict('https://ok.example.com/callback')];

  it('and nothing else', () => {
    expect(admits(registered, 'https://ok.example.com/callback')).toBe(true);
  });

  it.each([
    ['prefix', 'https://ok.example.com/callback/more'],
    ['query added', 'https://ok.example.com/callback?a=b'],
    ['other host behind it', 'https://ok.example.com.evil.example/callback'],
    ['dot as any character', 'https://okXexample.com/callback'],
    ['upper case', 'https://OK.example.com/callback'],
    ['path upper case', 'https://ok.example.com/Callback'],
    ['default port', 'https://ok.example.com:443/callback'],
    ['other port', 'https://ok.example.com:444/callback'],
    ['other scheme', 'http://ok.example.com/callback'],
    ['user information', 'https://ok.example.com@evil.example/callback'],
    ['two at signs', 'https://a@b@evil.example/callback'],
    ['empty user information', 'https://@ok.example.com/callback'],
    ['encoded dots', 'https://ok.example.com/x/%2e%2e/callback'],
    ['double encoding', 'https://ok.example.com/%252e%252e/callback'],
    ['backslash', 'https://ok.example.com\\callback'],
    ['tab', 'https://ok.example.com/call\tback'],
    ['line break', 'https://ok.example.com/callback\n'],
    ['space', ' https://ok.example.com/callback'],
    ['fragment', 'https://ok.example.com/callback#here'],
    ['international name', 'https://ok.exämple.com/callback'],
    ['full-width', 'https://ok.example．com/callback'],
    ['no scheme', '//ok.example.com/callback'],
    ['empty', ''],
  ])('%s', (_name, value) => {
    expect(admits(registered, value)).toBe(false);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'JavaScript:alert(1)',
  ])('CVE-2024-21637: %s is refused even by a pattern for everything', (value) => {
    expect(admits([regex('.*')], value)).toBe(false);
  });

  it('whatever is appended to a registered address', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (suffix) => {
        expect(admits(registered, `https://ok.example.com/callback${suffix}`)).toBe(false);
      }),
    );
  });
});

describe('patterns', () => {
  it('match the whole address', () => {
    const entries = [regex('https://[a-z]+\\.example\\.com/callback')];
    expect(admits(entries, 'https://one.example.com/callback')).toBe(true);
    expect(admits(entries, 'https://one.example.com/callback/more')).toBe(false);
    expect(admits(entries, 'https://evil.example/?https://one.example.com/callback')).toBe(false);
  });

  it('CVE-2024-52289: a strict entry is no pattern', () => {
    expect(admits([strict('https://foo.example.com/')], 'https://fooXexample.com/')).toBe(false);
  });

  it('G3: those that would cost exponential time cost none', () => {
    const started = performance.now();
    admits([regex('https://(a+)+$')], `https://${'a'.repeat(1900)}!`);
    admits([regex('https://(.*a){25}')], `https://${'a'.repeat(1900)}!`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('loopback addresses of native applications', () => {
  it('match any port for public clients (RFC 8252, 7.3)', () => {
    const entries = [strict('http://127.0.0.1/callback'), strict('http://[::1]/callback')];
    expect(admits(entries, 'http://127.0.0.1:51004/callback', 'public')).toBe(true);
    expect(admits(entries, 'http://[::1]:51004/callback', 'public')).toBe(true);
    expect(admits(entries, 'http://127.0.0.1:51004/other', 'public')).toBe(false);
    expect(admits(entries, 'https://127.0.0.1:51004/callback', 'public')).toBe(false);
    expect(admits(entries, 'http://127.0.0.1:51004/callback', 'confidential')).toBe(false);
  });

  it('localhost is a name like any other', () => {
    expect(admits([strict('http://localhost/callback')], 'http://localhost:51004/callback', 'public')).toBe(
      false,
    );
    expect(admits([strict('http://127.0.0.1/callback')], 'http://localhost/callback', 'public')).toBe(false);
  });
});

describe('registering an address', () => {
  const refusal = (entry: RedirectUri): DomainError | null => {
    try {
      requireUsableRedirectUris([entry], compilePattern);
      return null;
    } catch (error) {
      return error as DomainError;
    }
  };

  it.each([
    strict('not an address'),
    strict('https://app.example.com/#fragment'),
    strict('javascript:alert(1)'),
    strict('https://user:pass@app.example.com/'),
    regex('https://(unclosed'),
  ])('refuses %j and names the field', (entry) => {
    expect(refusal(entry)?.fields[0]?.path).toBe('redirectUris.0.url');
  });

  it.each([
    strict('https://app.example.com/cb?tenant=1'),
    strict('com.example.app:/cb'),
    regex('https://.*\\.example\\.com/cb'),
  ])('takes %j', (entry) => {
    expect(refusal(entry)).toBeNull();
  });
});

describe('origins of scripts', () => {
  const party = {
    redirectUris: [strict('https://app.example.com/cb'), regex('https://[a-z]+\\.preview\\.example\\.com')],
  };

  it.each([
    ['https://app.example.com', 'strict'],
    ['https://one.preview.example.com', 'regex'],
    ['https://app.example.com.evil.example', null],
    ['http://app.example.com', null],
    ['https://app.example.com:8443', null],
    ['null', null],
  ])('%s is admitted as %s', (origin, expected) => {
    expect(admittedOrigin(party, origin, compilePattern)).toBe(expected);
  });
});
