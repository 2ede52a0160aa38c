const CLOSING = /[\p{Pe}\p{Pf}'"]/u;
const GUILLEMET = /[«»‹›]/u;

/** Which quotation marks close one: the same sign opens in one language and closes in another, so that what came before tells. */
export class QuoteMarks {
  #straight = 0;
  #low = 0;
  #guillemets = 0;
  #firstGuillemet = '';

  /** Notes the next character of a block. @returns Whether it closes a quotation or a bracket. */
  see(char: string): boolean {
    if (char >= '0' && char <= 'z') return char === ']';
    if (char === '"') {
      this.#straight += 1;
      return this.#straight % 2 === 0;
    }
    if (char === '„' || char === '‚') this.#low += 1;
    else if (char === '“' || char === '‘') return this.#closesLow();
    else if (GUILLEMET.test(char)) return this.#closesGuillemet(char);
    else return CLOSING.test(char);
    return false;
  }

  reset(): void {
    this.#straight = 0;
    this.#low = 0;
    this.#guillemets = 0;
    this.#firstGuillemet = '';
  }

  #closesLow(): boolean {
    if (this.#low === 0) return false;
    this.#low -= 1;
    return true;
  }

  #closesGuillemet(char: string): boolean {
    if (this.#firstGuillemet === '') this.#firstGuillemet = char;
    const opens = char === this.#firstGuillemet;
    if (!opens && this.#guillemets === 0) return false;
    this.#guillemets += opens ? 1 : -1;
    return !opens;
  }
}
