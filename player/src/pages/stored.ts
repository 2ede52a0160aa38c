/** Who remembers: the browser, for all its tabs and days; or one tab while it is open. */
export type Memory = 'browser' | 'tab';

/** What the browser remembers under a name; undefined where it does not, or must not. */
export function readSetting(name: string, memory: Memory = 'browser'): string | undefined {
  try {
    return storage(memory).getItem(name) ?? undefined;
  } catch (error) {
    if (error instanceof DOMException) {
      return undefined;
    }
    throw error;
  }
}

/** Undefined: to be forgotten. Where the browser refuses, nothing is remembered. */
export function writeSetting(name: string, value: string | undefined, memory: Memory = 'browser'): void {
  try {
    if (value === undefined) {
      storage(memory).removeItem(name);
    } else {
      storage(memory).setItem(name, value);
    }
  } catch (error) {
    if (!(error instanceof DOMException)) {
      throw error;
    }
  }
}

/** @throws {DOMException} where it must not be used. */
function storage(memory: Memory): Storage {
  return memory === 'tab' ? sessionStorage : localStorage;
}
