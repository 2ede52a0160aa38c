import { parseArgs } from 'node:util';
import type { Player } from './player.ts';

const SECONDS = { least: 3, most: 600, usual: 10 };

export type Options = {
  /** Absent: our own server is started. */
  readonly url?: string;
  /** How long a stream without an end is played. */
  readonly seconds: number;
  readonly players: readonly Player[];
  readonly json?: string;
  readonly markdown: boolean;
};

function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new Error(`the stream must be an http or https URL, got '${text}'`);
  return url.href;
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < SECONDS.least || seconds > SECONDS.most)
    throw new Error(`--seconds must be an integer from ${SECONDS.least} to ${SECONDS.most}, got '${text}'`);
  return seconds;
}

function choosePlayers(players: readonly Player[], only: string | undefined): readonly Player[] {
  if (only === undefined) return players;
  const ids = only.split(',').map((id) => id.trim());
  const unknown = ids.filter((id) => !players.some((player) => player.id === id));
  if (unknown.length > 0) {
    const known = players.map(({ id }) => id).join(', ');
    throw new Error(`--only must name some of ${known}, got '${unknown.join("', '")}'`);
  }
  return players.filter(({ id }) => ids.includes(id));
}

/**
 * Reads the command line: `[URL] [--seconds N] [--only a,b] [--json FILE] [--markdown]`.
 * @throws {Error} For anything else.
 */
export function readOptions(args: readonly string[], players: readonly Player[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: `${SECONDS.usual}` },
      only: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
    },
  });
  const [url, ...more] = positionals;
  if (more.length > 0) throw new Error(`one URL at most, got ${positionals.length}`);
  return {
    ...(url !== undefined && { url: readUrl(url) }),
    seconds: readSeconds(values.seconds),
    players: choosePlayers(players, values.only),
    ...(values.json !== undefined && { json: values.json }),
    markdown: values.markdown,
  };
}
