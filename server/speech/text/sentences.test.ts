import { describe, expect, it } from 'vitest';
import { splitSentences } from './sentences.ts';

const CASES: readonly (readonly [title: string, text: string, expected: readonly string[], language?: string])[] = [
  ['plain sentences', 'Hello there. How are you? Fine!', ['Hello there.', 'How are you?', 'Fine!']],
  ['one without an end', 'no end at all', ['no end at all']],
  ['a title before a name', 'Dr. Smith met Mrs. Jones. They talked.', ['Dr. Smith met Mrs. Jones.', 'They talked.']],
  [
    'e.g. and i.e.',
    'Use a tool, e.g. Vim, i.e. Good taste. Done.',
    ['Use a tool, e.g. Vim, i.e. Good taste.', 'Done.'],
  ],
  ['etc. at the end', 'Apples, pears, etc. Then we left.', ['Apples, pears, etc.', 'Then we left.']],
  ['etc. inside', 'Apples, etc. are fruit.', ['Apples, etc. are fruit.']],
  ['initials', 'J. R. R. Tolkien wrote it. I read it.', ['J. R. R. Tolkien wrote it.', 'I read it.']],
  ['a single letter that ends', 'So do I. Then we go.', ['So do I.', 'Then we go.']],
  ['U.S. before a name', 'The U.S. Army came. It left.', ['The U.S. Army came.', 'It left.']],
  ['U.S. at an end', 'He lives in the U.S. She does not.', ['He lives in the U.S.', 'She does not.']],
  ['p.m. inside', 'We meet at 5 p.m. on Monday. Bye.', ['We meet at 5 p.m. on Monday.', 'Bye.']],
  ['decimals', 'Pi is 3.14159. Euler is 2.718.', ['Pi is 3.14159.', 'Euler is 2.718.']],
  ['versions', 'Node v24.21.0 is out. Update now.', ['Node v24.21.0 is out.', 'Update now.']],
  ['money', 'It costs $3.50. Cheap!', ['It costs $3.50.', 'Cheap!']],
  [
    'an address with a query',
    'See https://example.com/a.b?Q=1&B=2.html now. Thanks.',
    ['See https://example.com/a.b?Q=1&B=2.html now.', 'Thanks.'],
  ],
  [
    'a host name and mail',
    'Write to a.b@example.com. Or visit www.Example.com!',
    ['Write to a.b@example.com.', 'Or visit www.Example.com!'],
  ],
  ['file names', 'Open server/main.ts and README.md. Read.', ['Open server/main.ts and README.md.', 'Read.']],
  ['an ellipsis that goes on', 'Well... I think so. Yes.', ['Well... I think so.', 'Yes.']],
  ['an ellipsis that ends', 'I wonder… Maybe not.', ['I wonder…', 'Maybe not.']],
  ['repeated marks', 'What?! No way!!! OK.', ['What?!', 'No way!!!', 'OK.']],
  ['quotes', 'She said "Stop." He did.', ['She said "Stop."', 'He did.']],
  ['curly quotes', '“Go!” she said. “Now.” He went.', ['“Go!” she said.', '“Now.”', 'He went.']],
  ['No. before a number', 'It is No. 5 on the list. No. Really.', ['It is No. 5 on the list.', 'No.', 'Really.']],
  ['a numbered list', 'Buy:\n1. Milk\n2. Eggs and flour.\n3) Tea', ['Buy:', '1. Milk', '2. Eggs and flour.', '3) Tea']],
  ['bullets and headings', '# Plan\n- first\n* second\n• third', ['Plan', 'first', 'second', 'third']],
  [
    'wrapped prose',
    'This line is\nwrapped in the middle. And\r\nso on.',
    ['This line is wrapped in the middle.', 'And so on.'],
  ],
  ['blank lines', 'One\n\n\ntwo', ['One', 'two']],
  ['tabs and runs of spaces', '  a \t\t b.   C  d. ', ['a b.', 'C d.']],
  ['Chinese', '你好。今天天气很好!你呢?', ['你好。', '今天天气很好!', '你呢?'], 'zh'],
  ['Japanese quotes', '「はい。」と言った。元気です。', ['「はい。」と言った。', '元気です。'], 'ja'],
  ['Devanagari', 'नमस्ते। आप कैसे हैं? ठीक।', ['नमस्ते।', 'आप कैसे हैं?', 'ठीक।'], 'hi'],
  [
    'German dates and abbreviations',
    'Am 3. Oktober, z.B. Hier. Und dann?',
    ['Am 3. Oktober, z.B. Hier.', 'Und dann?'],
    'de',
  ],
  ['Spanish', '¿Qué tal? ¡Muy bien! Sra. López llega.', ['¿Qué tal?', '¡Muy bien!', 'Sra. López llega.'], 'es'],
  ['Arabic', 'كيف حالك؟ أنا بخير.', ['كيف حالك؟', 'أنا بخير.'], 'ar'],
  ['an emoji beside a sentence', 'Great! 😀 Next one. 🎉', ['Great!', '😀 Next one. 🎉']],
  ['nothing to speak', '... !!! — 😀\n\n---\n***', []],
  ['punctuation before a sentence', '... Hello.', ['... Hello.']],
  ['controls and direction overrides', 'a\u0000b\u001b[31m \u202ec\u202c\u200bd.\u0085Next', ['ab[31m cd.', 'Next']],
  ['a lone surrogate', 'bad \ud800 char.', ['bad char.']],
  ['empty', '', []],
  ['a language that is none', 'One. Two.', ['One.', 'Two.'], 'x_;rm -rf'],
];

describe('splitSentences', () => {
  for (const [title, text, expected, language] of CASES) {
    it(`splits ${title}`, () => {
      expect(splitSentences(text, language)).toEqual(expected);
    });
  }

  it('cuts a long sentence at clauses, without an orphan ending', () => {
    const text = `${'The quick brown fox, who was tired, jumped over the dog; '.repeat(9)}end.`;
    const pieces = splitSentences(text);
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(220);
      expect(piece.length).toBeGreaterThanOrEqual(25);
    }
    for (const piece of pieces.slice(0, -1)) expect(piece).toMatch(/[,;]$/);
    expect(pieces.join(' ')).toBe(text);
  });

  it('cuts at a word when there is no clause, and at a character when there is no word', () => {
    const words = 'word '.repeat(100).trim();
    expect(splitSentences(words).join(' ')).toBe(words);
    const family = '👨‍👩‍👧x'.repeat(60);
    const pieces = splitSentences(family);
    expect(pieces.join('')).toBe(family);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(220);
      expect(piece.isWellFormed()).toBe(true);
      expect(piece.startsWith('\u200d')).toBe(false);
    }
  });

  it('splits two million characters in less than five seconds', () => {
    const started = performance.now();
    expect(splitSentences('Mr. A. B. said so. '.repeat(110_000)).length).toBe(110_000);
    expect(splitSentences('x'.repeat(2_000_000)).length).toBeGreaterThan(9000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
