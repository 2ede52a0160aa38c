import { button, setText } from './dom.ts';

/** How long a button says what it did. */
const ECHO_MS = 3_000;

/** Text to be copied, with the button that does it. @param label - What it is, for who can't see it. */
export function codeBlock(label: string, text: string): HTMLElement {
  const block = document.createElement('div');
  const code = document.createElement('pre');
  block.className = 'code-block';
  code.tabIndex = 0;
  code.role = 'region';
  code.ariaLabel = label;
  code.textContent = text;
  const copy = button('Copy', () => void copyText(), 'button quiet');
  copy.ariaLabel = `Copy: ${label}`;
  const copyText = async (): Promise<void> => {
    const copied = await writeClipboard(text);
    if (!copied) {
      // Selected, it is one key press away from being copied.
      getSelection()?.selectAllChildren(code);
    }
    setText(copy, copied ? 'Copied' : 'Press Ctrl+C');
    setTimeout(() => setText(copy, 'Copy'), ECHO_MS);
  };
  block.append(code, copy);
  return block;
}

/** False when the browser refuses, and outside of secure contexts, where there is no clipboard. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) {
      return false;
    }
    throw error;
  }
}
