import { StreamError } from '../errors.ts';
import { decimal } from './attributes.ts';
import type { DateRange } from './types.ts';

/** Lines already made: a playlist of hours lists thousands of ranges anew with each part. Data never changes, so neither do they. */
const lines = new WeakMap<DateRange, string>();

/**
 * EXT-X-DATERANGE of each range (RFC 8216bis 4.4.5.1).
 *
 * @throws {StreamError} `PLAYLIST_INVALID` for a value that an attribute can't carry.
 */
export function dateRangeLines(ranges: readonly DateRange[]): string {
  let text = '';
  for (const range of ranges) {
    let line = lines.get(range);
    if (line === undefined) {
      line = dateRangeLine(range);
      lines.set(range, line);
    }
    text += line;
  }
  return text;
}

function dateRangeLine({ id, className, startDate, plannedDuration, duration, attributes }: DateRange): string {
  const list = [
    `ID=${quoted('ID', id)}`,
    `CLASS=${quoted('CLASS', className)}`,
    `START-DATE="${startDate.toISOString()}"`,
    ...(duration === undefined ? [] : [`DURATION=${seconds('DURATION', duration)}`]),
    ...(plannedDuration === undefined ? [] : [`PLANNED-DURATION=${seconds('PLANNED-DURATION', plannedDuration)}`]),
  ];
  for (const [name, value] of Object.entries(attributes)) {
    // RFC 8216bis 4.4.5.1: X- and a reverse-DNS or other name of our own; 4.2: [A-Z0-9-].
    demand(/^X-[A-Z0-9-]+$/.test(name), `${name} is no name of a client attribute`);
    list.push(`${name}=${typeof value === 'string' ? quoted(name, value) : number(name, value)}`);
  }
  return `#EXT-X-DATERANGE:${list.join(',')}\n`;
}

/** RFC 8216bis 4.2: no quote, CR or LF; 4.1: no control characters; 4.3: `{$` would be a reference to a variable nobody defined. */
function quoted(name: string, value: string): string {
  demand(!/["\p{Cc}]|\{\$/u.test(value), `${name} can't carry ${JSON.stringify(value)}`);
  return `"${value}"`;
}

function seconds(name: string, value: number): string {
  demand(value >= 0 && Number.isFinite(value), `${name} must be 0 s or more, got ${value}`);
  return decimal(value);
}

/** RFC 8216bis 4.2: a decimal-floating-point. */
function number(name: string, value: number): string {
  demand(Number.isFinite(value), `${name} must be a number, got ${value}`);
  return Number.isSafeInteger(value) ? String(value) : decimal(value);
}

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new StreamError('PLAYLIST_INVALID', `date range: ${message}`);
}
