import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ChatMessage } from '../../providers.ts';
import { offlineAnswer } from './answer.ts';
import { languageOf, normalized, PACKS } from './matching.ts';
import type { OfflineLanguage, Topic } from './pack.ts';

const NOW = new Date(2026, 10, 20, 14, 5);

function ask(...lines: string[]): string {
  const messages: ChatMessage[] = lines.map((content, at) => ({ role: at % 2 ? 'assistant' : 'user', content }));
  return offlineAnswer(messages, undefined, NOW).text;
}

/** What first visitors ask, in their words. */
const QUESTIONS: Readonly<Record<OfflineLanguage, Partial<Record<Topic, readonly string[]>>>> = {
  en: {
    who: [
      'Who are you?',
      'so who are you exactly',
      'tell me about yourself',
      "what's your name",
      'do you have a name?',
      'hey there, what are you?',
      'Introduce yourself please',
    ],
    made: [
      'Who made you?',
      'who created you?',
      'Who built this?',
      'who is your creator',
      'which company made you',
      'Who programmed you?',
      'who is behind this',
    ],
    real: [
      'Are you real?',
      'are you human',
      'are you an AI?',
      'Are you a real person or a robot?',
      'am I talking to a person?',
      'Do you have feelings?',
      'r u a bot',
      'is this live?',
    ],
    can: [
      'What can you do?',
      'what can I ask you',
      'help',
      'Can you help me?',
      'what are you good at?',
      'What do you know?',
      'how can you help me',
    ],
    works: [
      'How does it work?',
      'how does this work',
      'How do you work?',
      'How do you turn an answer into one stream?',
      'explain how this works',
      'how is this made?',
      'How was this done',
      'how does this thing work exactly?',
      'How do you speak?',
    ],
    stream: [
      'What is this?',
      "what's this",
      'What is Throughline?',
      'what is this page about',
      'Tell me about Throughline',
    ],
    sky: [
      'Why is the sky blue?',
      'why is the sky so blue',
      'do you know why the sky is blue',
      'What makes the sky blue?',
      'what colour is the sky',
    ],
    poem: [
      'Tell me a poem',
      'Write a short poem about autumn',
      'can you recite a poem?',
      'Do you know any poetry',
      'a haiku please',
    ],
    joke: ['Tell me a joke', 'do you know a joke?', 'make me laugh', 'Say something funny', 'got any jokes'],
    story: [
      'Tell me a story',
      'Tell me a short story about a thread that never broke.',
      'read me a fairy tale',
      'I want to hear a story',
    ],
    how: ['How are you?', 'how are you doing today?', "how's it going", 'how is your day', "what's up"],
    languages: [
      'What languages do you speak?',
      'Do you speak German?',
      'can you speak French',
      'Which languages do you know',
    ],
    hearing: ['Can you hear me?', 'are you there?', 'test test'],
    old: ['How old are you?', 'When were you born?', 'what is your age'],
    where: ['Where are you?', 'Where do you live?', 'where are you from'],
    weather: ['How is the weather?', 'Will it rain tomorrow?', "what's the weather like in Berlin"],
    thanks: ['Thank you!', 'thanks a lot', 'thx'],
    meaning: ['What is the meaning of life?'],
    love: ['Do you love me?', 'I love you', 'will you marry me? marry me'],
    bored: ["I'm bored", 'entertain me', 'talk to me'],
    compliment: ['You are beautiful', 'this is amazing', 'wow', 'You look great!'],
    model: ['Are you ChatGPT?', 'which model do you use? which AI', 'are you gpt'],
    song: ['Can you sing?', 'sing me a song'],
    fact: ['Tell me something interesting', 'tell me a fun fact'],
    riddle: ['Tell me a riddle'],
  },
  de: {
    who: [
      'Wer bist du?',
      'wer bist du denn',
      'Wie heißt du?',
      'wie heisst du',
      'Stell dich mal vor',
      'Was bist du?',
      'Hallo, wer bist du?',
      'Wer sind Sie?',
    ],
    made: [
      'Wer hat dich gemacht?',
      'wer hat dich gebaut',
      'Von wem bist du?',
      'Wer hat dich programmiert?',
      'Wer steckt dahinter?',
      'wer hat das hier entwickelt',
    ],
    real: [
      'Bist du echt?',
      'bist du ein mensch',
      'Bist du eine KI?',
      'Bist du ein Roboter?',
      'Spreche ich mit einem Menschen?',
      'Hast du Gefühle?',
      'bist du wirklich ein echter Mensch?',
    ],
    can: [
      'Was kannst du?',
      'Was kannst du alles?',
      'Hilfe',
      'Kannst du mir helfen?',
      'was kann ich dich fragen',
      'Wobei kannst du helfen?',
    ],
    works: [
      'Wie funktioniert das?',
      'wie funktioniert das hier',
      'Wie geht das?',
      'Wie machst du das?',
      'Erklär mir, wie das funktioniert',
      'Wie funktionierst du?',
      'Wie ist das gemacht?',
    ],
    stream: ['Was ist das?', 'was ist das hier', 'Was ist Throughline?', 'Worum geht es hier?'],
    sky: [
      'Warum ist der Himmel blau?',
      'wieso ist der himmel blau',
      'Weshalb ist der Himmel so blau?',
      'Weißt du, warum der Himmel blau ist?',
    ],
    poem: [
      'Erzähl mir ein Gedicht',
      'Kannst du ein Gedicht aufsagen?',
      'ein gedicht bitte',
      'Schreib mir ein kurzes Gedicht',
    ],
    joke: [
      'Erzähl einen Witz',
      'kennst du einen witz',
      'Erzähl mir bitte einen Witz',
      'Bring mich zum Lachen',
      'sag was lustiges',
    ],
    story: ['Erzähl mir eine Geschichte', 'Kannst du mir ein Märchen erzählen?'],
    how: ['Wie geht es dir?', "wie geht's", 'Wie geht es Ihnen?', 'wie gehts dir heute', 'Na, alles klar?'],
    languages: ['Welche Sprachen sprichst du?', 'Sprichst du Englisch?', 'welche sprachen kannst du'],
    hearing: ['Hörst du mich?', 'Kannst du mich hören?', 'bist du da'],
    old: ['Wie alt bist du?', 'wann wurdest du geboren'],
    where: ['Wo bist du?', 'Wo wohnst du?'],
    weather: ['Wie ist das Wetter?', 'Wie wird das Wetter morgen?'],
    thanks: ['Danke!', 'vielen dank'],
    bored: ['Mir ist langweilig', 'Ich langweile mich'],
    love: ['Ich liebe dich', 'liebst du mich?'],
    compliment: ['Du bist toll', 'das ist super', 'Gut gemacht!'],
    sad: ['Ich bin traurig', 'mir geht es nicht gut'],
    model: ['Bist du ChatGPT?', 'Welche KI bist du?'],
  },
  fr: {
    who: [
      'Qui es-tu ?',
      'qui êtes-vous',
      'tu es qui',
      "Comment tu t'appelles ?",
      'Comment vous appelez-vous ?',
      'quel est ton nom',
      'Bonjour, qui es-tu ?',
      'Présente-toi',
    ],
    made: [
      "Qui t'a créé ?",
      'qui ta fait',
      "Qui t'a fabriqué ?",
      'Qui vous a créé ?',
      'qui est ton créateur',
      "D'où viens-tu ?",
    ],
    real: [
      'Es-tu réel ?',
      'es tu humain',
      'Êtes-vous une vraie personne ?',
      'tu es un robot ?',
      'Est-ce que je parle à un humain ?',
      'Es-tu une intelligence artificielle ?',
    ],
    can: [
      'Que sais-tu faire ?',
      'que peux tu faire',
      "Qu'est-ce que tu sais faire ?",
      'Peux-tu m’aider ?',
      'aide',
      'Que pouvez-vous faire ?',
    ],
    works: [
      'Comment ça marche ?',
      'comment ca marche',
      'Comment est-ce que ça fonctionne ?',
      'Comment cela fonctionne-t-il ?',
      'Comment fonctionnes-tu ?',
      'Explique-moi comment ça marche',
      'Comment fais-tu ?',
    ],
    stream: ["C'est quoi ?", "Qu'est-ce que c'est ?", 'C’est quoi Throughline ?', "qu'est-ce que Throughline"],
    sky: [
      'Pourquoi le ciel est bleu ?',
      'Pourquoi le ciel est-il bleu ?',
      'pourquoi est-ce que le ciel est bleu',
      'De quelle couleur est le ciel ?',
    ],
    poem: ['Récite un poème', 'dis-moi un poeme', 'Connais-tu une poésie ?', 'Écris-moi un poème'],
    joke: ['Raconte une blague', 'raconte moi une blague', 'Fais-moi rire', 'Tu connais une blague ?'],
    story: ['Raconte-moi une histoire', 'raconte un conte'],
    how: ['Comment ça va ?', 'ça va ?', 'comment vas tu', 'Comment allez-vous aujourd’hui ?', 'Salut, ça va ?'],
    languages: ['Quelles langues parles-tu ?', 'Parlez-vous anglais ?', 'tu parles allemand ?'],
    hearing: ["Tu m'entends ?", "m'entends-tu"],
    old: ['Quel âge as-tu ?', 'quel age as tu'],
    where: ['Où es-tu ?', 'où habites-tu'],
    weather: ['Quel temps fait-il ?', 'la météo pour demain'],
    thanks: ['Merci beaucoup', 'merci !'],
    bored: ["Je m'ennuie"],
    love: ["Je t'aime", "Est-ce que tu m'aimes ?"],
    compliment: ["C'est génial", 'tu es belle', 'Bien joué !'],
    sad: ['Je suis triste', 'je me sens seul'],
  },
  es: {
    who: [
      '¿Quién eres?',
      'quien eres',
      '¿Cómo te llamas?',
      'como te llamas',
      'Hola, ¿quién eres?',
      'Preséntate',
      '¿Cuál es tu nombre?',
      'qué eres',
    ],
    made: [
      '¿Quién te hizo?',
      'quien te creo',
      '¿Quién te ha creado?',
      '¿Quién te programó?',
      '¿Quién es tu creador?',
      '¿De dónde vienes?',
    ],
    real: [
      '¿Eres real?',
      'eres humano',
      '¿Eres una persona de verdad?',
      '¿Eres un robot?',
      '¿Estoy hablando con una persona?',
      '¿Eres una inteligencia artificial?',
      'tienes sentimientos',
    ],
    can: [
      '¿Qué puedes hacer?',
      'que sabes hacer',
      '¿Puedes ayudarme?',
      'ayuda',
      '¿En qué me puedes ayudar?',
      '¿Qué te puedo preguntar?',
    ],
    works: [
      '¿Cómo funciona?',
      'como funciona esto',
      '¿Cómo funciona todo esto?',
      '¿Cómo lo haces?',
      'Explícame cómo funciona',
      '¿Cómo está hecho?',
    ],
    stream: ['¿Qué es esto?', 'que es throughline', '¿Para qué sirve?'],
    sky: [
      '¿Por qué el cielo es azul?',
      'por que es azul el cielo',
      '¿Sabes por qué el cielo es tan azul?',
      '¿De qué color es el cielo?',
    ],
    poem: ['Dime un poema', 'recita una poesía', '¿Sabes algún poema?', 'escribe un poema corto'],
    joke: ['Cuéntame un chiste', 'cuentame un chiste', '¿Sabes algún chiste?', 'Hazme reír'],
    story: ['Cuéntame un cuento', 'cuentame una historia'],
    how: ['¿Cómo estás?', 'como estas', 'Hola, ¿qué tal?', '¿Cómo te va?'],
    languages: ['¿Qué idiomas hablas?', '¿Hablas inglés?', 'cuantos idiomas sabes'],
    hearing: ['¿Me oyes?', 'puedes oírme', '¿Estás ahí?'],
    old: ['¿Cuántos años tienes?', 'que edad tienes'],
    where: ['¿Dónde estás?', 'donde vives'],
    weather: ['¿Qué tiempo hace?', '¿Va a llover mañana?'],
    thanks: ['Gracias', 'muchas gracias'],
    bored: ['Estoy aburrido', 'me aburro'],
    love: ['Te quiero', '¿Me amas?'],
    compliment: ['Eres muy guapa', 'esto es increíble', '¡Bien hecho!'],
    sad: ['Estoy triste', 'me siento solo'],
  },
  it: {
    who: [
      'Chi sei?',
      'chi sei tu',
      'Come ti chiami?',
      'Qual è il tuo nome?',
      'Ciao, chi sei?',
      'Presentati',
      'Che cosa sei?',
    ],
    made: [
      'Chi ti ha creato?',
      'chi ti ha fatto',
      'Chi ti ha programmato?',
      'Chi è il tuo creatore?',
      'Da dove vieni?',
    ],
    real: [
      'Sei reale?',
      'sei umano',
      'Sei una persona vera?',
      'Sei un robot?',
      "Sei un'intelligenza artificiale?",
      'Sto parlando con una persona?',
    ],
    can: ['Cosa sai fare?', 'che cosa puoi fare', 'Puoi aiutarmi?', 'aiuto', 'Cosa posso chiederti?'],
    works: [
      'Come funziona?',
      'come funziona tutto questo',
      'Come fai?',
      'Spiegami come funziona',
      'Come è fatto?',
      'Come funzioni?',
    ],
    stream: ["Che cos'è questo?", 'cos è throughline', 'A cosa serve?', 'Che cosa è questo?'],
    sky: [
      'Perché il cielo è blu?',
      'perche il cielo e azzurro',
      'Sai perché il cielo è blu?',
      'Di che colore è il cielo?',
    ],
    poem: ['Dimmi una poesia', 'recita una poesia', 'Scrivi una poesia', 'conosci una filastrocca'],
    joke: ['Raccontami una barzelletta', 'dimmi una barzelletta', 'Fammi ridere', 'conosci una battuta'],
    story: ['Raccontami una storia', 'raccontami una favola'],
    how: ['Come stai?', 'come va', 'Ciao, come stai oggi?', 'Tutto bene?'],
    languages: ['Che lingue parli?', 'Parli inglese?', 'quante lingue sai'],
    hearing: ['Mi senti?', 'ci sei'],
    old: ['Quanti anni hai?', 'che età hai'],
    where: ['Dove sei?', 'dove vivi'],
    weather: ['Che tempo fa?', 'il meteo di domani'],
    thanks: ['Grazie', 'grazie mille'],
    bored: ['Mi annoio', 'che noia'],
    love: ['Ti amo', 'mi ami'],
    compliment: ['Sei bellissima', 'sei molto brava', 'Ben fatto!'],
    sad: ['Sono triste', 'mi sento sola'],
  },
};

const ROWS = Object.entries(QUESTIONS).flatMap(([language, topics]) =>
  Object.entries(topics).flatMap(([topic, questions]) =>
    questions.map((question) => [question, language as OfflineLanguage, topic as Topic] as const),
  ),
);

it.each(ROWS)('answers %j in %s, about %s', (question, language, topic) => {
  expect(PACKS[language].phrases[topic]).toContain(ask(question));
});

it.each([
  ['Was ist zwölf mal sieben?', /^12 mal 7 ist 84\.$/],
  ['Combien font douze fois sept ?', /^12 fois 7 égale 84\.$/],
  ['¿Cuánto es doce por siete?', /^12 por 7 es 84\.$/],
  ['Quanto fa dodici per sette?', /^12 per 7 fa 84\.$/],
  ['Che ore sono?', /^Sono le 14:05/],
  ['Che giorno è oggi?', /^Oggi è venerdì 20 novembre 2026/],
  ['Mi chiamo Giulia', /^Piacere, Giulia\./],
  ['Zähl bis fünf', /^1, 2, 3, 4, 5\.$/],
  ['Compte de 3 à 5', /^3, 4, 5\.$/],
  ['Buchstabiere Käse', /K, Ä, S, E/],
  ['Arrivederci', /^Arrivederci/],
  ['Sag mal: Guten Morgen', /^Guten Morgen\.$/],
])('makes of %j an answer of its own', (question, expected) => expect(ask(question)).toMatch(expected));

it('says what it does not know, in the language it was asked in', () => {
  for (const [question, language] of [
    ['What is the capital of Peru?', 'en'],
    ['Wie hoch ist der höchste Berg der Welt?', 'de'],
    ['Quelle est la capitale du Pérou ?', 'fr'],
    ['¿Cuál es la capital de Perú?', 'es'],
    ['Qual è la capitale del Perù?', 'it'],
  ] as const)
    expect([question, PACKS[language].phrases.unknown.includes(ask(question))]).toEqual([question, true]);
});

it('stays in the language of the conversation when a word has none', () => {
  expect(PACKS.de.phrases.yes).toContain(ask('Erzähl mir einen Witz', 'Was ist orange?', 'ok'));
  expect(ask('Bonjour, qui es-tu ?', 'Je suis …', '12 * 7')).toMatch(/^12 fois 7/);
});

it('tells another one of what it told last', () => {
  const [first, second] = PACKS.en.phrases.riddle;
  expect(ask('Tell me a riddle', first ?? '', 'another one please')).toBe(second);
  expect(PACKS.en.phrases.joke).toContain(ask('Another one'));
});

it('never speaks of settings, and says nothing that can not be spoken', () => {
  for (const { phrases } of Object.values(PACKS)) {
    const said = Object.values(phrases).flatMap((phrase) =>
      typeof phrase === 'function' ? [] : typeof phrase === 'string' ? [phrase] : phrase,
    );
    for (const text of said) expect(text).not.toMatch(/[A-Z]{2,}_|[<>{}*_#`]|https?:/);
  }
});

it.each(['the page', 'the README'])('has an answer for every example of %s', async (where) => {
  const root = join(import.meta.dirname, '../../../..');
  const source = await readFile(
    join(root, where === 'the page' ? 'player/src/pages/composer.ts' : 'README.md'),
    'utf8',
  );
  const asked =
    where === 'the page'
      ? [...source.slice(0, source.indexOf('  say: {')).matchAll(/text: '([^']+)'/g)]
      : [...source.matchAll(/\/turns\b[^\n]*\\?\n?[^\n]*"text": "([^"]+)"/g)];
  expect(asked.length).toBeGreaterThan(where === 'the page' ? 3 : 0);
  for (const [, question = ''] of asked) {
    const language = languageOf(undefined, normalized(question)) ?? 'en';
    expect([question, PACKS[language].phrases.unknown.includes(ask(question))]).toEqual([question, false]);
  }
});
