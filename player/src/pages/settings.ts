import type { PreferenceChanges, Preferences, ProviderStatus } from '../../../server/session/types.ts';
import { recogniserOf } from '../hearing/recogniser.ts';
import { find, setText } from './dom.ts';
import { readSetting, writeSetting } from './stored.ts';

type Choice = 'voice' | 'look' | 'language';
type Offer = { readonly name: string; readonly title: string; readonly language?: string };

const KEYS = {
  voice: 'throughline.voice',
  look: 'throughline.look',
  language: 'throughline.language',
  instructions: 'throughline.instructions',
} as const satisfies Record<keyof Preferences, string>;
const CHOICES = ['look', 'voice', 'language'] as const;
const NAMES = Object.keys(KEYS) as (keyof Preferences)[];
/** What is chosen for those who chose nothing; looks have a first one instead. */
const AUTOMATIC = { voice: 'Suits the look and the language', language: 'The one you write in' } as const;

/** What the embedded makers are called here; others have names of their own. */
const MAKERS: Readonly<Record<string, string>> = {
  offline: 'built-in responder',
  flite: 'built-in voices',
  'flite+espeak-ng': 'built-in voices',
  drawn: 'drawn here',
  none: 'none',
};

/** What was chosen the last time. */
export function rememberedPreferences(): Preferences {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = readSetting(KEYS[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Who answers, in which voice and language, and as whom; remembered for the next session. */
export class Settings {
  readonly #button = find('settings-button', HTMLButtonElement);
  readonly #makers = find('makers', HTMLElement);
  readonly #problem = find('settings-problem', HTMLElement);
  readonly #instructions = find('instructions', HTMLTextAreaElement);
  readonly #instructionsHint = find('instructions-hint', HTMLElement);
  readonly #selects = {
    voice: find('voice', HTMLSelectElement),
    look: find('look', HTMLSelectElement),
    language: find('language', HTMLSelectElement),
  };
  readonly #labels = {
    voice: find('voice-setting', HTMLElement),
    look: find('look-setting', HTMLElement),
    language: find('language-setting', HTMLElement),
  };
  #status: ProviderStatus | undefined;
  #preferences: Preferences = {};
  readonly #change: (changes: PreferenceChanges) => Promise<void>;

  /** @param change - Resolves when the session was changed; what it throws is shown. */
  constructor(change: (changes: PreferenceChanges) => Promise<void>) {
    this.#change = change;
    for (const choice of CHOICES) {
      const select = this.#selects[choice];
      select.addEventListener('change', () => void this.#choose(choice, select.value));
    }
    this.#instructions.addEventListener('change', () => {
      void this.#choose('instructions', this.#instructions.value.trim());
    });
    this.#instructions.value = readSetting(KEYS.instructions) ?? '';
  }

  /** Why the server understands no speech; undefined when it does. */
  get serverDeaf(): string | undefined {
    return this.#status === undefined ? 'it does not say what it can do.' : this.#status.asr.unavailable;
  }

  /** Language that is spoken to it, as far as it is known. */
  get language(): string {
    return this.#preferences.language ?? navigator.language;
  }

  /** What the server offers; what was chosen before and is no more is forgotten. */
  set status(status: ProviderStatus) {
    this.#status = status;
    this.#fill('voice', status.tts.voices);
    this.#fill('look', status.avatar.looks);
    this.#fill('language', languagesOf(status.tts.voices));
    const hearing = recogniserOf(globalThis) === undefined ? 'none' : 'this browser';
    this.#makers.replaceChildren(
      ...[
        ['Answers', status.llm.name],
        ['Voice', status.tts.name],
        ['Face', status.avatar.name],
        ['Hearing', status.asr.unavailable === undefined ? status.asr.name : hearing],
      ].flatMap(([term = '', maker = '']) => [entry('dt', term), entry('dd', MAKERS[maker] ?? maker)]),
    );
    this.#button.hidden = false;
  }

  /** Who answers can't follow instructions: says so beside them. */
  set ignoresInstructions(why: string | undefined) {
    setText(this.#instructionsHint, why ?? '');
  }

  /** What the session prefers now; its instructions are not told. */
  set preferences({ voice, language, look }: { readonly [choice in Choice]?: string | undefined }) {
    this.#preferences = { ...(voice && { voice }), ...(language && { language }), ...(look && { look }) };
    this.#select();
  }

  reset(): void {
    this.#preferences = {};
    this.#complain('');
    this.#select();
  }

  #fill(choice: Choice, options: readonly Offer[]): void {
    this.#labels[choice].hidden = options.length < 2;
    const automatic = choice === 'look' ? [] : [new Option(AUTOMATIC[choice], '')];
    this.#selects[choice].replaceChildren(...automatic, ...groups(options));
    const remembered = readSetting(KEYS[choice]);
    if (remembered !== undefined && !options.some(({ name }) => name === remembered)) {
      writeSetting(KEYS[choice], undefined);
    }
    this.#select();
  }

  #select(): void {
    for (const choice of CHOICES) {
      const select = this.#selects[choice];
      const wanted = this.#preferences[choice];
      const option = [...select.options].find(({ value }) => value === wanted);
      // Whoever chose nothing gets the first.
      select.selectedIndex = option?.index ?? 0;
    }
  }

  /** @param value - Empty: as the server chooses. */
  async #choose(name: keyof Preferences, value: string): Promise<void> {
    try {
      await this.#change({ [name]: value === '' ? null : value });
      writeSetting(KEYS[name], value === '' ? undefined : value);
      this.#complain('');
    } catch (error) {
      this.#select();
      this.#complain(error instanceof Error ? error.message : String(error));
    }
  }

  #complain(problem: string): void {
    setText(this.#problem, problem);
    this.#problem.hidden = problem === '';
  }
}

/** Languages that some voice speaks, by name; of regions there is one entry. */
function languagesOf(voices: readonly Offer[]): readonly Offer[] {
  const names = new Intl.DisplayNames(undefined, { type: 'language', fallback: 'code' });
  const tags = new Set(
    voices.flatMap(({ language }) => (language === undefined ? [] : [language.split('-')[0] ?? ''])),
  );
  return [...tags]
    .map((tag) => ({ name: tag, title: languageName(names, tag) }))
    .toSorted((a, b) => a.title.localeCompare(b.title));
}

/** Voices by language, where there are several. */
function groups(options: readonly Offer[]): HTMLElement[] {
  const languages = new Map<string, Offer[]>();
  for (const option of options) {
    const language = option.language ?? '';
    languages.set(language, [...(languages.get(language) ?? []), option]);
  }
  if (languages.size < 2) {
    return options.map(optionOf);
  }
  const names = new Intl.DisplayNames(undefined, { type: 'language', fallback: 'code' });
  return [...languages].map(([language, voices]) => {
    const group = document.createElement('optgroup');
    group.label = languageName(names, language);
    group.append(...voices.map(optionOf));
    return group;
  });
}

function languageName(names: Intl.DisplayNames, language: string): string {
  try {
    return language === '' ? 'Any language' : (names.of(language) ?? language);
  } catch (error) {
    if (error instanceof RangeError) {
      return language;
    }
    throw error;
  }
}

function optionOf({ name, title }: Offer): HTMLOptionElement {
  return new Option(title, name);
}

function entry(tag: 'dt' | 'dd', text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
