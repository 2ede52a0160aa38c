function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** Never the last word of a sentence: a name or a number follows. */
const BEFORE_NAME = words(
  'dr drs mr mrs ms mx prof rev hon st mt ft gen col capt cpt lt sgt maj cmdr gov sen rep pres messrs mme mlle mgr sr sra srta dra dña d.ª avda ee dott sig hr fr vs cf viz e.g i.e z.b z.t d.h u.a s.o v.a bzw approx ca ggf inkl exkl zzgl evtl sog vgl p.ej p.ex ex i.d.r ul ул им проф акад т.е т.к напр डॉ श्री प्रो सुश्री',
);

/** Not the last word when a digit follows. */
const BEFORE_NUMBER = words(
  'no nos nr núm fig figs abb tab eq p pp s ch kap cap sec art vol vols ed para tel ext abs pág págs jan feb mar apr jun jul aug sep sept oct okt nov dec dez geb gest',
);

/** May end a sentence: what follows decides. */
const MAY_END = /^(?:etc|inc|ltd|co|corp|llc|jr|sr|a\.m|p\.m|am|pm|usw|est|dept|ave|blvd|(?:\p{L}\.)*\p{L})$/iu;
/** Mostly ends one, when a capital follows. */
const MOSTLY_ENDS = /^(?:etc|usw|a\.m|p\.m|am|pm|т\.д|т\.п)$/iu;

/** Words that begin sentences far more often than they follow an abbreviation. */
const STARTERS = words(
  'the a an this that these those it he she we you they i there here and but or so in on at if when while what who how why where then now however for not yes no please as its his her their our my your let do did does is are was were can could will would after before also der die das es er sie wir ich und aber du dann was wie wo wer wenn im in ein eine el la los las un una y pero en no sí si le les il elle et mais on nous vous je tu ce c j l d un une он она мы вы я и но это',
);
/** Every beginning of every starter: tells early that a word is none. */
const STARTER_BEGINNINGS: ReadonlySet<string> = new Set(
  [...STARTERS].flatMap((word) => Array.from(word, (_, index) => word.slice(0, index + 1))),
);

function startsSentence(next: string, isLast: boolean): boolean | undefined {
  const word = /^[\p{L}\p{M}]*/u.exec(next)?.[0].toLowerCase() ?? '';
  // A sign, a quotation mark, a digit: no name.
  if (word === '') return true;
  if (!STARTER_BEGINNINGS.has(word)) return false;
  return word.length < next.length || isLast ? STARTERS.has(word) : undefined;
}

/**
 * Tells whether a sentence goes on after a word with a full stop.
 *
 * @param word - The last word, with its stop.
 * @param next - What follows, as far as it is known; not a small letter.
 * @param isLast - Nothing comes after `next`.
 * @returns `undefined` when more of what follows is needed.
 */
export function abbreviationGoesOn(word: string, next: string, isLast: boolean): boolean | undefined {
  const bare = word.replace(/^["'“‘«¿¡\p{Ps}]+/u, '').replace(/\.$/u, '');
  const key = bare.toLowerCase();
  if (BEFORE_NAME.has(key)) return true;
  if (/^\p{N}/u.test(next) && BEFORE_NUMBER.has(key)) return true;
  if (!MAY_END.test(bare) || bare === 'I' || /^\p{Ll}$/u.test(bare) || MOSTLY_ENDS.test(bare)) return false;
  const starts = startsSentence(next, isLast);
  return starts === undefined ? undefined : !starts;
}
