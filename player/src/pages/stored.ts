/** What the browser remembers under a name; undefined where it does not, or must not. */
export function readSetting(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch (error) {
    if (error instanceof DOMException) {
      return undefined;
    }
    throw error;
  }
}

/** Undefined: to be forgotten. Where the browser refuses, nothing is remembered. */
export function writeSetting(name: string, value: string | undefined): void {
  try {
    if (value === undefined) {
      localStorage.removeItem(name);
    } else {
      localStorage.setItem(name, value);
    }
  } catch (error) {
    if (!(error instanceof DOMException)) {
      throw error;
    }
  }
}
