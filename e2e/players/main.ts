// `npm run players [-- URL]`: plays a stream with every player there is, and prints what each made of it.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { OtherWork } from '../bench/other-work.ts';
import { type Options, readOptions } from './options.ts';
import { OwnSessions } from './own-sessions.ts';
import { playAll, type Row, unexplained } from './play-all.ts';
import type { Stream } from './player.ts';
import { PLAYERS } from './player-list.ts';
import { describeStream } from './stream-facts.ts';
import { formatMarkdown, formatTable, toJson } from './table.ts';

const LEGEND = `start: from the command, or the click, to the first picture; ~: heard, where samples can not be counted; n/a: no player's clock
errors: a+b are a errors and b warnings; ! is not clean, * is not clean for a reason that is known`;

const log = (line: string): void => console.error(line);

async function describeAll(urls: readonly string[], dir: string, signal: AbortSignal): Promise<Stream[]> {
  const streams: Stream[] = [];
  for (const url of urls) streams.push(await describeStream(url, dir, signal));
  return streams;
}

/** Plays the URL that was given, or our own three. */
async function play(options: Options, dir: string, signal: AbortSignal): Promise<Row[]> {
  await using own = options.url === undefined ? await OwnSessions.open(dir, { signal }) : undefined;
  const urls = own ? [own.urls.live, own.urls.asap, own.urls.ended] : [options.url ?? ''];
  const streams = await describeAll(urls, dir, signal);
  for (const { kind, url, whole } of streams)
    log(`${kind}: ${url}${whole ? `, ${whole.frames} frames, ${whole.samples} samples` : ''}`);
  return await playAll(options.players, streams, { seconds: options.seconds, dir, signal, log });
}

async function main(options: Options): Promise<void> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(new Error(name)));
  const dir = await mkdtemp(join(tmpdir(), 'players-'));
  // VLC runs as somebody else when we are root.
  await chmod(dir, 0o711);
  try {
    const others = new OtherWork();
    const rows = await play(options, dir, stopping.signal);
    const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`;
    const otherCores = await others.cores();
    const format = options.markdown ? formatMarkdown : formatTable;
    console.log(`\n${format(rows)}\n\n${LEGEND}`);
    console.log(`${machine}, ${new Date().toISOString()}; other work meanwhile: ${otherCores.toFixed(2)} cores`);
    if (options.json !== undefined)
      await writeFile(options.json, toJson(rows, { machine, at: new Date(), otherCores, seconds: options.seconds }));
    if (unexplained(rows).length > 0) process.exitCode = 1;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    process.exitCode = 130;
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2), PLAYERS);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
if (options) await main(options);
