/** The element with that `data-id`. @throws {Error} when the page has none of that type: page and script do not match. */
export function find<T extends Element>(id: string, type: new () => T): T {
  const element = document.querySelector(`[data-id="${id}"]`);
  if (!(element instanceof type)) {
    throw new Error(`page has no ${type.name} with data-id '${id}'`);
  }
  return element;
}

/** Writes text only where it changed: no layout, no announcement for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function button(label: string, onClick: () => void, className = 'button'): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.textContent = label;
  element.addEventListener('click', onClick);
  return element;
}
