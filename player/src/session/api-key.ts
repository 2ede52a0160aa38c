/** The API key that a page was given, for as long as its tab is open. */
const NAME = 'throughline-api-key';

export type AskForKey = (wasRefused: boolean) => Promise<string>;

let askForKey: AskForKey | undefined;
let asking: Promise<void> | undefined;

/** Who asks the user for a key when the server wants one; without, its refusal is the answer. */
export function askForKeyBy(ask: AskForKey): void {
  askForKey = ask;
}

/** fetch() with the API key; a server that wants one, or another, is asked again once the user has given it. */
export async function fetchWithKey(path: string, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const key = sessionStorage.getItem(NAME);
    const headers = { ...init.headers, ...(key !== null && { authorization: `Bearer ${key}` }) };
    const response = await fetch(path, { ...init, headers });
    if (response.status !== 401 || askForKey === undefined) return response;
    // Given meanwhile, for another request.
    if (sessionStorage.getItem(NAME) !== key) continue;
    asking ??= ask(askForKey, key !== null).finally(() => {
      asking = undefined;
    });
    await asking;
  }
}

async function ask(by: AskForKey, wasRefused: boolean): Promise<void> {
  sessionStorage.setItem(NAME, await by(wasRefused));
}
