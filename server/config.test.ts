import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const faultOf = (env: Record<string, string>): string => {
  try {
    readConfig(env);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('without any setting all of them have a value or none, and an empty variable is one that is not set', () => {
  expect(readConfig({ PORT: '', API_KEY: '' })).toMatchObject({ PORT: 8080, HOST: '127.0.0.1', CORS_ORIGINS: '*' });
  expect(readConfig({}).API_KEY).toBeUndefined();
});

test('names every wrong setting at once, with what it was', () => {
  const fault = faultOf({ PORT: 'eighty', TRUST_PROXY: '10.0.0.0/99', CORS_ORIGINS: 'https://a.example, b.example' });
  for (const part of ["got 'eighty'", "got '10.0.0.0/99'", "got 'https://a.example, b.example'"])
    expect(fault).toContain(part);
});

test.each([
  ['CORS_ORIGINS', 'https://example.com/path'],
  ['API_ORIGINS', 'example.com'],
  ['EMBED_ORIGINS', 'file:///etc'],
  ['TRUST_PROXY', 'nginx'],
  ['PUBLIC_URL', 'ftp://example.com'],
  ['MAX_SESSIONS', '0'],
])('says so when %s is %s', (name, value) => {
  expect(faultOf({ [name]: value })).toMatch(new RegExp(`^${name}: .*'${value.replaceAll('/', '.')}'`));
});

test.each([
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://a.example, http://localhost:3000/'],
  ['API_ORIGINS', 'https://a.example'],
  ['TRUST_PROXY', 'loopback, 10.0.0.0/8,fd00::/8'],
])('takes %s=%s', (name, value) => {
  expect(faultOf({ [name]: value })).toBe('');
});
