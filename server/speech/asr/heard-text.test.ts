import { describe, expect, it } from 'vitest';
import { wordsIn } from './heard-text.ts';
import { mayBeOfSilence } from './silence-phrases.ts';

describe('wordsIn', () => {
  it.each([
    '[BLANK_AUDIO]',
    '(upbeat music)',
    '[inaudible]',
    '...',
    '…',
    '-',
    ' ',
    '*music*',
    '♪♪',
    '🎵',
    '【音楽】',
    '（笑）',
    '(Musik)',
    '[музыка]',
    '[SOUND]',
    '(speaking in foreign language)',
    '(music) (applause)',
    '[Music] [Applause].',
    '( upbeat music',
    'music)',
    '[BLANK_AUDIO',
    '[ Silence ]',
    '<|startoftranscript|><|en|><|nospeech|><|endoftext|>',
    '[00:00:00.000 --> 00:00:02.000]  [BLANK_AUDIO]',
    'WEBVTT\n\n00:00.000 --> 00:02.000\n(wind)',
    '{noise}',
    '<noise>',
    '++NOISE++',
  ])('finds none in %j', (written) => expect(wordsIn(written)).toBe(''));

  it.each([
    ['<|startoftranscript|><|en|><|transcribe|><|notimestamps|> Hello there.<|endoftext|>', 'Hello there.'],
    ['<|0.00|> Hello there.<|2.00|>', 'Hello there.'],
    ['[00:00:00.000 --> 00:00:02.000] Hello there.', 'Hello there.'],
    ['[00:00.000 --> 00:02.000]   Hello there.\n[00:02.000 --> 00:03.000]  How are you?', 'Hello there. How are you?'],
    ['1\n00:00:00,000 --> 00:00:02,000\nHello there.\n\n2\n00:00:02,000 --> 00:00:03,000\nBye.', 'Hello there. Bye.'],
    ['WEBVTT\n\n00:00.000 --> 00:02.000\nHello there.', 'Hello there.'],
    ['[0.00 - 2.00] Hello there.', 'Hello there.'],
    ['<0.00> Hello <1.20> there.', 'Hello there.'],
    ['[_BEG_] Hello there.[_TT_50]', 'Hello there.'],
    ['Hello (laughs) there.', 'Hello there.'],
    ['(laughs) Hello there.', 'Hello there.'],
    ['Hello there. [MUSIC]', 'Hello there.'],
    ['*laughs* Yes, *sighs* no.', 'Yes, no.'],
    ['♪ La la la ♪', 'La la la'],
    ['（笑）こんにちは。', 'こんにちは。'],
    ['你好（笑声）。', '你好。'],
    ['[SPEAKER_00]: Hello there.', 'Hello there.'],
    ['Speaker 1: Hello there.', 'Hello there.'],
    ['- Hello there.', 'Hello there.'],
    ['... and then he left.', 'and then he left.'],
    ['<noise> Hello <unk>', 'Hello'],
    ['++NOISE++ hello ++BREATH++', 'hello'],
    ['  Hello\n there. ', 'Hello there.'],
  ])('finds those in %j', (written, words) => expect(wordsIn(written)).toBe(words));

  it.each([
    'Call (555) 123-4567.',
    'f(x) is 2 * 3 * 4',
    '-5 degrees',
    'the time is 10:30',
    'from 10:30 to 11:00',
    'a < b and c > d',
    "It's 100% true, isn't it?",
    'Thank you for watching!',
  ])('leaves %j as it is', (written) => expect(wordsIn(written)).toBe(written));

  it('takes hostile texts', () => {
    for (const part of ['[', '(', '*', '*a', '<|', '♪ ', '00:00 --> ', '[a', '((', '<a ', '- '])
      wordsIn(part.repeat(Math.floor(10_000 / part.length)));
  });
});

describe('mayBeOfSilence', () => {
  it.each([
    'Thank you for watching!',
    'Thanks for watching.',
    'you',
    'Thank you.',
    'Bye. Bye-bye.',
    'Subtitles by the Amara.org community',
    'Untertitel im Auftrag des ZDF für funk, 2017',
    'Untertitelung des ZDF, 2020',
    'Sous-titrage Société Radio-Canada',
    'Subtítulos realizados por la comunidad de Amara.org',
    'Sottotitoli creati dalla comunità Amara.org',
    'Legendas pela comunidade Amara.org',
    'Ondertitels ingediend door de Amara.org gemeenschap',
    'Napisy stworzone przez społeczność Amara.org',
    'Svensktextning.nu',
    'Danske tekster af Nicolai Winther',
    'Субтитры сделал DimaTorzok',
    'Продолжение следует...',
    'Altyazı M.K.',
    'ご視聴ありがとうございました',
    'ご視聴ありがとうございました。',
    '字幕由Amara.org社区提供',
    '請不吝點贊 訂閱 轉發 打賞支持明鏡與點點欄目',
    'MBC 뉴스 이덕영입니다.',
    'اشتركوا في القناة',
    'Thank you. Thank you. Thank you.',
    "I'm sorry. I'm sorry. I'm sorry.",
    'so so so so so',
    'la la la, la la la, la la la, la la la',
  ])('%j', (text) => expect(mayBeOfSilence(text)).toBe(true));

  it.each([
    'What time is it?',
    'Yes.',
    'No.',
    'Stop.',
    'Hello there.',
    'no no no',
    'Thank you for watching the children yesterday.',
    'Thank you, but I want more.',
    'Play some music.',
    'Ja, danke, das war alles.',
  ])('not %j', (text) => expect(mayBeOfSilence(text)).toBe(false));
});
