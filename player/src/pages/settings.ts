import type { Preferences, ProviderStatus } from '../../../server/session/types.ts';
import { recogniserOf } from '../hearing/recogniser.ts';
import { find, setText } from './dom.ts';
import { readSetting, writeSetting } from './stored.ts';

type Choice = 'voice' | 'look';
type Offer = { readonly name: string; readonly title: string; readonly language?: string };

const KEYS: Record<Choice, string> = { voice: 'throughline.voice', look: 'throughline.look' };
const CHOICES = ['voice', 'look'] as const;

/** What was chosen the last time. */
export function rememberedPreferences(): Preferences {
  const voice = readSetting(KEYS.voice);
  const look = readSetting(KEYS.look);
  return { ...(voice !== undefined && { voice }), ...(look !== undefined && { look }) };
}

/** Voices and looks to choose from, and who makes what; remembered for the next session. */
export class Settings {
  readonly #button = find('settings-button', HTMLButtonElement);
  readonly #makers = find('makers', HTMLElement);
  readonly #problem = find('settings-problem', HTMLElement);
  readonly #selects = { voice: find('voice', HTMLSelectElement), look: find('look', HTMLSelectElement) };
  readonly #labels = { voice: find('voice-setting', HTMLElement), look: find('look-setting', HTMLElement) };
  #status: ProviderStatus | undefined;
  #preferences: Preferences = {};
  readonly #change: (preferences: Preferences) => Promise<void>;

  /** @param change - Resolves when the session was changed; what it throws is shown. */
  constructor(change: (preferences: Preferences) => Promise<void>) {
    this.#change = change;
    for (const choice of CHOICES) {
      this.#selects[choice].addEventListener('change', () => void this.#choose(choice));
    }
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
    const hearing = recogniserOf(globalThis) === undefined ? 'none' : 'this browser';
    this.#makers.replaceChildren(
      ...[
        ['Answers', status.llm.name],
        ['Voice', status.tts.name],
        ['Face', status.avatar.name],
        ['Hearing', status.asr.unavailable === undefined ? status.asr.name : hearing],
      ].flatMap(([term = '', maker = '']) => [entry('dt', term), entry('dd', maker)]),
    );
    this.#button.hidden = false;
  }

  /** What the session prefers now. */
  set preferences(preferences: Preferences) {
    this.#preferences = { ...this.#preferences, ...preferences };
    this.#select();
  }

  reset(): void {
    this.#preferences = {};
    this.#complain('');
    this.#select();
  }

  #fill(choice: Choice, options: readonly Offer[]): void {
    this.#labels[choice].hidden = options.length < 2;
    this.#selects[choice].replaceChildren(...groups(options));
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

  async #choose(choice: Choice): Promise<void> {
    const { value } = this.#selects[choice];
    const before = this.#preferences;
    this.preferences = { [choice]: value };
    try {
      await this.#change({ [choice]: value });
      writeSetting(KEYS[choice], value);
      this.#complain('');
    } catch (error) {
      this.#preferences = before;
      this.#select();
      this.#complain(error instanceof Error ? error.message : String(error));
    }
  }

  #complain(problem: string): void {
    setText(this.#problem, problem);
    this.#problem.hidden = problem === '';
  }
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
