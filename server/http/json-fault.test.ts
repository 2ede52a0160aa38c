import { expect, it } from 'vitest';
import { jsonFault } from './json-fault.ts';

it.each([
  ['{"a":1,}', /^Expected double-quoted property name at line 1, column 8$/],
  ['{\n "text": hello }', /^Unexpected token 'h' at line 2, column 10$/],
  ['{"h": "h",\n "text": hello }', /^Unexpected token 'h' at line 2, column 10$/],
  ['[1,2', /^Expected ',' or '\]' after array element at line 1, column 5$/],
  ['nope', /^Unexpected token 'o' at line 1, column 2$/],
  ['{"a" 1}', /^Expected ':' after property name at line 1, column 6$/],
  ['{"secret": "word', /^Unterminated string at line 1, column 17$/],
  ['', /^Unexpected end of JSON input$/],
])('says where %j is no JSON, and quotes nothing of it', (text, expected) => {
  try {
    JSON.parse(text);
    expect.unreachable();
  } catch (error) {
    expect(jsonFault(text, (error as Error).message)).toMatch(expected);
  }
});
