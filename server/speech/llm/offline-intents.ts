import type { OfflineLanguage } from './offline-phrases.ts';

export type Intent =
  | 'nothingHeard'
  | 'crisis'
  | 'yourName'
  | 'who'
  | 'works'
  | 'how'
  | 'time'
  | 'date'
  | 'story'
  | 'joke'
  | 'thanks'
  | 'bye'
  | 'stop'
  | 'repeat'
  | 'goOn'
  | 'yes'
  | 'no'
  | 'greeting';

type Rules = readonly (readonly [Intent, RegExp])[];

// Tried in order on a normalized utterance: lower case, punctuation gone. What is asked goes before how it is begun ("hi, who are you").
const RULES: Readonly<Record<OfflineLanguage, Rules>> = {
  en: [
    [
      'crisis',
      /\b(kill(ing)? myself|suicid\w*|(want|wish|going) to die|want to be dead|end (my life|it all)|hurt(ing)? myself)\b/,
    ],
    ['goOn', /^(please )?(go on|continue|carry on|keep going|and then|what happened next)( please| with the story)?$/],
    ['yourName', /\b(what'?s|what is|know|remember|say) my name\b|\bwho am i\b/],
    [
      'stop',
      /^(please |ok |okay |no |now )*(stop|be quiet|quiet|silence|shut up|enough|hush|wait|cancel)( (it|that|now|please|talking|speaking))*$/,
    ],
    [
      'repeat',
      /\b(repeat (that|it)|say (that|it) again|what did you (just )?say|come again|once more)\b|^(again|pardon|repeat)$/,
    ],
    [
      'how',
      /\bhow('?s| is| are) (you|it going|life|things)\b|\bhow do you (do|feel)\b|\byou (ok|okay|alright)\b|^how are you/,
    ],
    [
      'works',
      /\bhow (does|do) (this|it|that|you|the stream|throughline)( \w+)? ?(work|works|function)\b|\bhow (is|was) this (made|done|possible)\b|\bwhat is (this|throughline|hls|a stream)$|\bexplain (this|yourself|how)\b/,
    ],
    [
      'who',
      /\b(who|what) are you\b|\bwhat('?s| is) your name\b|\bare you (an? )?(real|human|person|robot|bot|ai|machine|model|chat ?gpt|gpt)\b|\byour name\b|\babout yourself\b|\b(how old|where) are you\b|\bwho (made|built|wrote) you\b|\bwhat can you do\b/,
    ],
    ['time', /\bwhat('?s| is)? ?(the )?time\b|\btell me the time\b|\bthe time (now|please)\b|\btime is it\b/],
    [
      'date',
      /\bwhat('?s| is)? ?(the |today'?s )?(date|day|year|month)\b|\b(date|day) is (it|today)\b|\btoday'?s date\b/,
    ],
    ['story', /\b(story|tale|stories)\b/],
    ['joke', /\bjokes?\b|\bmake me laugh\b|\bsomething funny\b|\banother one\b/],
    ['thanks', /\b(thanks|thank you|thx|cheers)\b/],
    ['bye', /\b(goodbye|bye|see you|good night|farewell|see ya)\b/],
    [
      'yes',
      /^(yes|yeah|yep|yup|sure|ok|okay|of course|all right|alright|right|please|please do|fine)( please)?$|^((that is|that's|this is|very|how|oh) )*(great|good|nice|cool|wonderful|interesting|perfect|awesome|lovely|amazing|funny)$/,
    ],
    ['no', /^(no|nope|nah|not really|never|no thanks|nothing)$/],
    [
      'greeting',
      /\b(nice|pleased|glad) to meet you\b|^(hello|hi|hey|howdy|greetings|welcome|good (morning|afternoon|evening|day)|yo)\b/,
    ],
  ],
  de: [
    ['crisis', /\b(selbstmord|suizid\w*|bringe? mich um|umbringen|will sterben|sterben will|nicht mehr leben)\b/],
    ['goOn', /^(bitte )?(weiter|mach weiter|erzähl weiter|und dann)( bitte)?$/],
    ['yourName', /\b(wie|wer) (heiße|heisse|bin) ich\b|\bwas? ist mein name\b|\bwie ist mein name\b|\bmeinen namen\b/],
    ['stop', /^(bitte )?(stopp?|halt|ruhe|still|sei still|aufhören|hör auf|warte)( bitte)?$/],
    ['repeat', /\b(wiederhol\w*|noch ?mal|noch einmal|was hast du gesagt)\b|^wie bitte$/],
    ['how', /\bwie geht('?s| es)?\b/],
    ['works', /\bwie (funktioniert|geht das)\b|\bwas ist das hier\b/],
    [
      'who',
      /\b(wer|was) bist du\b|\bwie heißt du\b|\bwie heisst du\b|\bdein name\b|\bbist du (ein|eine|echt)\b|\bwas kannst du\b/,
    ],
    ['time', /\bwie ?spät\b|\bwie ?viel uhr\b|\buhrzeit\b/],
    ['date', /\bwelche[rsn]? (tag|datum|jahr|monat)\b|\bdatum\b|\bwelcher wochentag\b/],
    ['story', /\b(geschichte|märchen)\b/],
    ['joke', /\bwitze?\b/],
    ['thanks', /\b(danke|dankeschön|vielen dank)\b/],
    ['bye', /\b(tschüss?|auf wiedersehen|bis bald|gute nacht|ciao)\b/],
    ['yes', /^(ja|jawohl|klar|gern|gerne|okay|ok|genau)( bitte| gern| gerne)?$/],
    ['no', /^(nein|nö|nee|nicht)( danke)?$/],
    ['greeting', /^(hallo|hi|hey|guten (tag|morgen|abend)|moin|servus|grüß gott|grüezi)\b/],
  ],
  fr: [
    ['crisis', /\b(suicide\w*|me tuer|veux mourir|envie de mourir)\b/],
    ['goOn', /^(continue|continuez|et après|la suite)( s'il (te|vous) plaît)?$/],
    ['yourName', /\bcomment je m'appelle\b|\bquel est mon nom\b|\bqui suis[- ]je\b/],
    ['stop', /^(arrête|arrêtez|stop|silence|tais[- ]toi|taisez[- ]vous|attends|attendez)\b/],
    ['repeat', /\b(répète|répétez|qu'as[- ]tu dit|encore une fois)\b|^pardon$/],
    ['how', /\bcomment (ça va|vas[- ]tu|allez[- ]vous|tu vas)\b|\bça va\b/],
    ['works', /\bcomment (ça|cela|ca) (marche|fonctionne)\b|\bcomment fonctionne\b/],
    [
      'who',
      /\bqui (es[- ]tu|êtes[- ]vous|tu es)\b|\b(t'appelles|vous appelez)\b|\bes[- ]tu (un|une)\b|\bton nom\b|\bvotre nom\b/,
    ],
    ['time', /\bquelle heure\b|\bl'heure\b/],
    ['date', /\bquel jour\b|\bquelle date\b|\bla date\b/],
    ['story', /\b(histoire|conte)\b/],
    ['joke', /\bblagues?\b/],
    ['thanks', /\bmerci\b/],
    ['bye', /\b(au revoir|à bientôt|adieu|bonne nuit|à plus)(?!\p{L})/u],
    ['yes', /^(oui|ouais|d'accord|bien sûr|ok|okay|volontiers)( merci)?$/],
    ['no', /^(non|pas du tout|jamais)( merci)?$/],
    ['greeting', /^(bonjour|salut|bonsoir|coucou|allô|hello)(?!\p{L})/u],
  ],
  es: [
    ['crisis', /\b(suicid\w*|matarme|quiero morir|morirme)\b/],
    ['goOn', /^(sigue|continúa|continua|y después)( por favor)?$/],
    ['yourName', /cómo me llamo|como me llamo|cuál es mi nombre|quién soy/],
    ['stop', /^(para|basta|alto|silencio|cállate|espera|stop)( por favor)?$/],
    ['repeat', /\b(repite|repítelo|otra vez|qué has dicho)\b/],
    ['how', /cómo estás|como estas|qué tal|que tal|cómo te va/],
    ['works', /(cómo|como) (funciona|va) ?(esto|eso)?/],
    ['who', /(quién|quien|qué) eres|(cómo|como) te llamas|tu nombre|eres (un|una|real)/],
    ['time', /qué hora|que hora|la hora/],
    ['date', /qué (día|fecha)|que (dia|día|fecha)|la fecha/],
    ['story', /\b(cuento|historia)\b/],
    ['joke', /\bchistes?\b/],
    ['thanks', /\bgracias\b/],
    ['bye', /adiós|adios|hasta (luego|pronto|mañana)|buenas noches/],
    ['yes', /^(sí|si|claro|vale|de acuerdo|ok|okay)( por favor| gracias)?$/],
    ['no', /^(no|nunca)( gracias)?$/],
    ['greeting', /^(hola|buenos días|buenas tardes|buenas|saludos)(?!\p{L})/u],
  ],
};

/** Words that only one of the languages begins or asks with: enough to answer somebody who did not say which. */
const TELLTALES: readonly (readonly [OfflineLanguage, RegExp])[] = [
  ['de', /(?<!\p{L})(hallo|guten|wie|wer|ich|bist|danke|tschüss?|bitte|erzähl|ist|nicht|heiße|ein|eine)(?!\p{L})/u],
  [
    'fr',
    /(?<!\p{L})(bonjour|salut|bonsoir|merci|quel|quelle|qui|je|vous|raconte|revoir|est|une|appelle|oui)(?!\p{L})/u,
  ],
  ['es', /(?<!\p{L})(hola|buenos|buenas|gracias|qué|cómo|quién|cuéntame|adiós|llamo|eres|el|una|por)(?!\p{L})/u],
];

export const normalized = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[’`´]/g, "'")
    .replace(/[^\p{L}\p{M}\p{N}'+*/^=.×÷-]+/gu, ' ')
    .replace(/\.(?!\d)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** @param text - Normalized. */
export function intentOf(text: string, language: OfflineLanguage): Intent | undefined {
  if (text === '') return 'nothingHeard';
  const rules = language === 'en' ? RULES.en : [...RULES[language], ...RULES.en];
  const fitting = rules.filter(([, rule]) => rule.test(text)).map(([intent]) => intent);
  // "No thanks" is a no before it is a thanks.
  return fitting.find((intent) => intent === 'yes' || intent === 'no') ?? fitting[0];
}

/** The language asked for; if none was, that of the telltale words, where English has none of them. */
export function languageOf(tag: string | undefined, text: string): OfflineLanguage {
  const primary = tag?.toLowerCase().split(/[-_]/)[0];
  if (primary) return primary === 'de' || primary === 'fr' || primary === 'es' ? primary : 'en';
  const score = (rule: RegExp): number => text.match(new RegExp(rule, 'gu'))?.length ?? 0;
  const [best] = TELLTALES.map(([language, rule]) => ({ language, hits: score(rule) })).sort((a, b) => b.hits - a.hits);
  return best && best.hits > 0 && !/\b(the|is|you|what|my|hello|and|i|to|of|it|that|are|how|this|was born)\b/.test(text)
    ? best.language
    : 'en';
}
