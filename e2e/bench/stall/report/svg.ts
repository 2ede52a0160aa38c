/** Text as it may stand in HTML and SVG, in content and in attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

type Attributes = Readonly<Record<string, string | number>>;

/** One element; numbers are written to a tenth. */
export function tag(name: string, attributes: Attributes, content = ''): string {
  const text = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 10) / 10 : escaped(value)}"`)
    .join('');
  return content === '' ? `<${name}${text}/>` : `<${name}${text}>${content}</${name}>`;
}

export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return tag('text', { x, y, ...attributes }, escaped(text));
}

/** Round numbers from `least` to `most`, 0 among them, four to six steps apart. */
export function ticks(least: number, most: number): number[] {
  const span = most - least;
  const power = 10 ** Math.floor(Math.log10(span / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => span / candidate <= 6) ?? span;
  const [first, last] = [Math.ceil(least / step - 1e-9), Math.floor(most / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** A tick's number without digits that say nothing. */
export function tickText(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
