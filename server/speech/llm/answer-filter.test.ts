import { describe, expect, it } from 'vitest';
import { AnswerFilter } from './answer-filter.ts';
import { ThoughtMemories, ThoughtMemory } from './thought-memory.ts';

function filtered(pieces: readonly string[], memory = new ThoughtMemory(), model = 'a-model'): string {
  const filter = new AnswerFilter({ memory, model });
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end();
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a model wrote, and what of it is for the listener. */
const ANSWERS: readonly (readonly [title: string, written: string, spoken: string])[] = [
  // Harmony (gpt-oss)
  [
    'harmony',
    '<|channel|>analysis<|message|>The user says hi.<|end|><|start|>assistant<|channel|>final<|message|>Hello there.<|return|>',
    'Hello there.',
  ],
  [
    'harmony without its messages',
    '<|channel|>analysis The user says hi. <|channel|>final Hello there.',
    'Hello there.',
  ],
  [
    'harmony with a call of a tool',
    '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"a":1}<|call|><|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>{"t":5}<|end|><|start|>assistant<|channel|>final<|message|>It is 5.',
    'It is 5.',
  ],
  ['harmony whose tokens were stripped', 'analysisWe need to answer: 4.assistantfinalIt is four.', 'It is four.'],
  ['harmony that is never final', '<|channel|>analysis<|message|>The user says hi.<|end|>', ''],
  ['a channel without a start', '<|channel|>analysis<|message|>Hm.<|end|>Hello.', 'Hello.'],
  // Ends of turns, and roles
  ['ChatML', 'Hello there.<|im_end|>', 'Hello there.'],
  [
    'ChatML that goes on as the user',
    '<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\nA bot.',
    'Hello.\n',
  ],
  ['ChatML whose starts were stripped', 'Hello.<|im_end|>\nuser\nWho?<|im_end|>\nassistant\nA bot.', 'Hello.'],
  ['Phi that goes on by itself', 'Hello.<|end|><|user|>And why?<|assistant|>Because.', 'Hello.'],
  ['Mistral that goes on by itself', 'Hello.</s>[INST] More [/INST] Because.', 'Hello.'],
  ['an echo of the question', '<|user|>Who?<|end|><|assistant|>A bot.<|end|>', 'A bot.'],
  ['a tool in between', '<|assistant|>Hello.<|end|><|tool|>{}<|end|><|assistant|>A bot.', 'Hello.\nA bot.'],
  ['Phi', 'Hello.<|end|>', 'Hello.'],
  ['GLM', '<|assistant|>\nHello.<|user|>bye', 'Hello.'],
  ['Llama 3', '<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>', 'Hello.'],
  ['Llama 4', '<|header_start|>assistant<|header_end|>\n\nHello.<|eot|>', 'Hello.'],
  ['Gemma', '<start_of_turn>model\nHello.<end_of_turn>', 'Hello.'],
  ['Gemma 4', '<|channel>thought\nhm<channel|>Hello.<turn|>', 'Hello.'],
  ['MedGemma', '<unused94>thought\nhm<unused95>Hello.', 'Hello.'],
  ['Mistral', '[INST] hi [/INST] Hello.</s>', 'Hello.'],
  ['Granite', '<|start_of_role|>assistant<|end_of_role|>Hello.<|end_of_text|>', 'Hello.'],
  ['DeepSeek', '<｜Assistant｜>Hello.<｜end▁of▁sentence｜>', 'Hello.'],
  ['Cohere', '<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>Hello.<|END_RESPONSE|>', 'Hello.'],
  ['a base model that goes on', 'Hello.<|endoftext|>Human: hi', 'Hello.'],
  ['an end in the middle', 'One.<|eot_id|>Two. Three', 'One.\nTwo. Three'],
  ['an unknown token', 'One <|reserved_special_token_7|>two.', 'One two.'],
  ['an end that was cut off', 'Hello.<|im_e', 'Hello.'],
  // Thoughts
  ['a thought', '<think>\nhm\n</think>\n\nHello.', 'Hello.'],
  ['an empty thought', '<think>\n\n</think>\n\nHello.', 'Hello.'],
  ['a thought in capitals', '<THINK>hm</THINK>Hello.', 'Hello.'],
  ['a thought in the middle', 'Hello. <thinking>hm</thinking>Bye.', 'Hello. Bye.'],
  ['a thought between words', 'One<think>x</think>two<think>y</think>.', 'One two.'],
  ['reasoning', '<reasoning>hm</reasoning>Hello.', 'Hello.'],
  ['a thought of EXAONE', '<thought>hm</thought> Hello.', 'Hello.'],
  ['a thought of Magistral', '[THINK]hm[/THINK]\nHello.', 'Hello.'],
  ['a thought of Kimi', '◁think▷hm◁/think▷Hello.', 'Hello.'],
  ['a thought of Seed-OSS', '<seed:think>hm</seed:think>Hello.', 'Hello.'],
  [
    'a thought of Sky-T1',
    '<|begin_of_thought|>hm<|end_of_thought|><|begin_of_solution|>Hello.<|end_of_solution|>',
    'Hello.',
  ],
  ['a thought of Granite', 'Here is my thought process:\nhm\nHere is my response:\nHello.', 'Hello.'],
  ['a thought without an end', '<think>\nhm', ''],
  ['a wrapped answer', '<answer>Hello.</answer>', 'Hello.'],
  ['a thought that only ends', 'The user says hi. I greet.\n</think>\n\nHello.', 'Hello.'],
  ['a thought that only ends, of R1', 'Okay, so the user says hi.\n\nI will greet.\n</think>\n\nHello.', 'Hello.'],
  ['a thought that only ends, in Chinese', '好的，用户打招呼。我要回复。\n</think>\n\n你好。', '你好。'],
  ['a thought that only ends, of Magistral', 'We need to answer. Four.[/THINK]It is four.', 'It is four.'],
  // Tools
  ['a call', '<tool_call>{"name": "x", "arguments": {}}</tool_call>Hello.', 'Hello.'],
  [
    'a call of Qwen',
    '<tool_call>\n<function=x>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>\nHello.',
    'Hello.',
  ],
  ['a call of MiniMax', '<minimax:tool_call>\n<invoke name="x">1</invoke>\n</minimax:tool_call>Hello.', 'Hello.'],
  ['a call of a function', 'One. <function_call>{"a":1}</function_call>Two.', 'One. Two.'],
  ['a call of Mistral', 'Let me check. [TOOL_CALLS] [{"name": "x"}]', 'Let me check. '],
  ['a call of Llama', 'Let me check. <|python_tag|>print(1)<|eom_id|>', 'Let me check. '],
  [
    'a call of DeepSeek',
    'One. <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>x<｜tool▁call▁end｜><｜tool▁calls▁end｜>Two.',
    'One. Two.',
  ],
  [
    'a call of Kimi',
    '<|tool_calls_section_begin|><|tool_call_begin|>f:0<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>Hello.',
    'Hello.',
  ],
];

const TEXTS: readonly string[] = [
  'if a < b then I <3 you, and x<y>z.',
  'A <b>bold</b> word, a <br> and <a href="x">a link</a>, <s',
  'See [1], [link](x), [TODO] and [ ].',
  'The operators <|> and <$> and a <| b |> c.',
  'Use the `<think>` tag, or "<|im_end|>", or “</s>”.',
  'Write to <me@example.com> or <https://example.com>.',
  '```xml\n<tool_call>x\n<think>\n```\nDone.',
  'He said: <<what>> ◁ and ▷.',
  'Okay, here we go. Once upon a time, the end.',
  'So, we meet again. How are you?',
  'First, take two eggs. Then stir.',
  '1. Eggs\n2. Milk',
  'Hello <',
  'Hello [',
  'Hello <thin',
  'Analysis shows that it works.',
];

describe('AnswerFilter', () => {
  it.each(ANSWERS)('gives what is for the listener of %s, however it is cut', (_title, written, spoken) => {
    expect(filtered([written])).toBe(spoken);
    expect(filtered(written.split(''))).toBe(spoken);
    for (let at = 1; at < written.length; at++)
      expect(filtered([written.slice(0, at), written.slice(at)])).toBe(spoken);
  });

  it.each(TEXTS)('leaves %j as it is', (text) => {
    expect(filtered([text])).toBe(text);
    expect(filtered(text.split(''))).toBe(text);
  });

  it('gives the same for random mixtures of tokens and words, however they are cut', () => {
    const random = randomFrom(1);
    const parts = [
      ...ANSWERS.flatMap(([, written]) => written.match(/<[^<>]*>|\[[A-Z/_]+\]|[^<[]+/gu) ?? []),
      ...TEXTS,
      ...'<[|｜/>]`"\n .'.split(''),
      'think>',
      '</',
      '<|',
      'assistant',
      'final',
      '```\n',
      '\ud83d\ude00',
    ];
    for (let run = 0; run < 3000; run++) {
      const text = Array.from({ length: 12 }, () => parts[Math.floor(random() * parts.length)]).join('');
      const pieces: string[] = [];
      for (let at = 0; at < text.length; ) {
        const length = 1 + Math.floor(random() * 9);
        pieces.push(text.slice(at, at + length));
        at += length;
      }
      const model = run % 3 === 0 ? 'deepseek-r1' : 'a-model';
      expect(filtered(pieces, new ThoughtMemory(), model), text).toBe(filtered([text], new ThoughtMemory(), model));
    }
  });

  it.each([
    '<',
    '[',
    '<function=',
    '<|',
    '<|a',
    '`<think>',
    '<<',
    '[T',
    '◁',
    '<think ',
    '<|channel|>',
    '<|im_start|>',
    '</think>',
    'a</think ',
  ])('holds no more than a token of %j again and again', (part) => {
    const filter = new AnswerFilter({ memory: new ThoughtMemory('never'), model: 'm' });
    const visible = `Hello. ${part.repeat(20_000)}`;
    filter.push(visible);
    // What was not given out is no longer than a token, unless it is left out for good.
    expect(filter.end().length).toBeLessThan(300);
  });

  it('holds a beginning that is no thought no longer than it takes to see that', () => {
    const given = (text: string): string => new AnswerFilter({ memory: new ThoughtMemory(), model: 'm' }).push(text);
    expect(given('Su')).toBe('Su');
    expect(given('Paris is')).toBe('Paris is');
    expect(given('Okay, here we go. O')).toBe('Okay, here we go. O');
    expect(given('Well, yes')).toBe('');
    expect(given('Okay, the user')).toBe('');
  });
});

describe('what is known of a model', () => {
  const closing = 'It is a greeting. Short.\n</think>\n\nHello.';

  it('says the thoughts that only end once, and holds the beginning from then on', () => {
    const memory = new ThoughtMemory();
    expect(filtered([closing], memory)).toBe('It is a greeting. Short.\n\nHello.');
    expect(memory.holds('a-model')).toBe('all');
    expect(filtered(closing.split(''), memory)).toBe('Hello.');
    const filter = new AnswerFilter({ memory, model: 'a-model' });
    expect(filter.push('It is a greeting. Short. And more.')).toBe('');
    expect(filter.isThinking).toBe(true);
  });

  it('gives up after two answers without an end of thoughts', () => {
    const memory = new ThoughtMemory();
    memory.ended();
    expect(filtered(['Hello.'], memory)).toBe('Hello.');
    expect(memory.holds('a-model')).toBe('all');
    expect(filtered(['Hello.'], memory)).toBe('Hello.');
    expect(memory.holds('a-model')).toBe('none');
    memory.ended();
    expect(memory.holds('a-model')).toBe('all');
  });

  it('holds the first answer of a model by its name, and never again if that was wrong', () => {
    for (const model of ['deepseek-r1:8b', 'QwQ-32B', 'Qwen3-30B-A3B-Thinking-2507', 'glm-z1-9b', 'qwen3.5:9b'])
      expect(new ThoughtMemory().holds(model)).toBe('all');
    for (const model of ['llama3.2', 'gpt-4o-mini', 'qwen3:8b', 'mistral-small', 'gpt-oss:20b', 'gemma3'])
      expect(new ThoughtMemory().holds(model)).toBe('suspect');
    const memory = new ThoughtMemory();
    expect(filtered(['Hello.'], memory, 'deepseek-r1')).toBe('Hello.');
    expect(memory.holds('deepseek-r1')).toBe('none');
  });

  it('holds nothing of an answer that tells its thoughts itself, or whose server does', () => {
    const marked = new AnswerFilter({ memory: new ThoughtMemory(), model: 'deepseek-r1' });
    expect(marked.push('<think>hm</think>Hello')).toBe('Hello');
    const apart = new AnswerFilter({ memory: new ThoughtMemory(), model: 'deepseek-r1' });
    apart.thoughtsAreApart();
    expect(apart.push('Hello')).toBe('Hello');
  });

  it('holds all of an answer that comes at once, which delays nothing', () => {
    const filter = new AnswerFilter({ memory: new ThoughtMemory(), model: 'm' });
    filter.comesWhole();
    expect(filter.push(closing) + filter.end()).toBe('Hello.');
    const plain = new AnswerFilter({ memory: new ThoughtMemory(), model: 'm' });
    plain.comesWhole();
    expect(plain.push('Hello.') + plain.end()).toBe('Hello.');
  });

  it('is what the operator says', () => {
    const open = new ThoughtMemory('open');
    for (let answer = 0; answer < 5; answer++) expect(filtered(['Hello.'], open)).toBe('Hello.');
    expect(open.holds('a-model')).toBe('all');
    expect(new ThoughtMemory('never').holds('deepseek-r1')).toBe('none');
  });

  it('is kept for each model of a server, for a bounded number of them', () => {
    const memories = new ThoughtMemories();
    expect(memories.of('one')).toBe(memories.of('one'));
    expect(memories.of('one')).not.toBe(memories.of('two'));
    const one = memories.of('one');
    for (let index = 0; index < 200; index++) memories.of(`model ${index}`);
    expect(memories.of('one')).not.toBe(one);
  });
});
