import { describe, expect, it } from 'vitest';
import { isSafeNext } from '../../../domain/flow/next.js';

const own = ['https://id.example.com'];

describe('W4: addresses that a request brings along', () => {
  it.each([
    '/',
    '/if/user/',
    '/application/o/authorize/?client_id=a&redirect_uri=https%3A%2F%2Fa.example%2F',
    'https://id.example.com/x',
  ])('follows %s', (address) => {
    expect(isSafeNext(address, own)).toBe(true);
  });

  it.each([
    '',
    'if/user/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%2fevil.example',
    '/%5cevil.example',
    'https://evil.example',
    'https://id.example.com.evil.example/',
    'https://user@id.example.com/',
    'http://id.example.com/',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    ' /if/user/',
    '/\tevil',
    '/\u0000',
    '/x\n',
    `/${'a'.repeat(9000)}`,
  ])('refuses %j', (address) => {
    expect(isSafeNext(address, own)).toBe(false);
  });
});
