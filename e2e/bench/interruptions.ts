import { setTimeout as sleep } from 'node:timers/promises';
import { fetchMultivariant } from '../support/hls-client.ts';
import { EventFeed } from './event-feed.ts';
import type { Figure } from './figures.ts';
import { PartReader } from './part-reader.ts';
import { timedSuccess } from './timed-http.ts';

/** One sentence of about 8 s: the cut falls into it. */
const SPEECH =
  'This is a long sentence that nobody wants to hear to its end, so that somebody will interrupt it sooner or later, wherever they happen to be.';
/** From the sentence's first part to the request: at least, and at most so much more. */
const AFTER_MS = { atLeast: 500, more: 2_500 };

type Interrupted = { readonly answer: number; readonly filler: number; readonly lead: number };
type Stream = { readonly origin: string; readonly id: string; readonly events: EventFeed; readonly reader: PartReader };

async function interruptOnce({ origin, id, events, reader }: Stream): Promise<Interrupted> {
  const session = `${origin}/v1/sessions/${id}`;
  const said = await timedSuccess(`${session}/say`, {
    method: 'POST',
    body: Buffer.from(JSON.stringify({ text: SPEECH })),
    headers: { 'content-type': 'application/json' },
  });
  const [chunk] = (JSON.parse(said.body.toString()) as { chunks: { id: string }[] }).chunks;
  const published = await events.ofChunk('chunk.published', chunk?.id ?? '');
  await sleep(AFTER_MS.atLeast + Math.random() * AFTER_MS.more);
  const { sentMs, fetchedMs, body } = await timedSuccess(`${session}/interrupt`, { method: 'POST' });
  const { at } = JSON.parse(body.toString()) as { at: number };
  const cutDateMs = Date.parse(String(published.programDateTime)) + (at - Number(published.start)) * 1000;
  // What begins at the cut is filler.
  const { listedMs } = await reader.at(cutDateMs);
  return { answer: fetchedMs - sentMs, filler: listedMs - sentMs, lead: cutDateMs - sentMs };
}

/** The request to fall silent: its answer, and when a player could have the first part after the cut. No browser. */
export async function interruptions(
  session: { readonly origin: string; readonly id: string; readonly playlistUrl: string; readonly eventsUrl: string },
  count: number,
  log: (line: string) => void,
): Promise<Figure[]> {
  const [mediaPlaylist = ''] = await fetchMultivariant(session.playlistUrl);
  await using events = new EventFeed(session.eventsUrl);
  await using reader = new PartReader(mediaPlaylist, { fetchParts: true });
  const results: Interrupted[] = [];
  while (results.length < count) {
    await sleep(1000 + Math.random() * 500);
    const result = await interruptOnce({ ...session, events, reader });
    results.push(result);
    const [answer, filler, lead] = [result.answer.toFixed(1), result.filler.toFixed(0), result.lead.toFixed(0)];
    log(`interrupted: answer ${answer} ms, filler listed ${filler} ms, cut ${lead} ms ahead of the clock`);
  }
  const samples = (key: keyof Interrupted): number[] => results.map((result) => result[key]);
  const unit = 'ms';
  return [
    {
      id: 'answer.interrupt.answer',
      title: 'POST interrupt -> its answer',
      unit,
      samples: samples('answer'),
      digits: 1,
    },
    {
      id: 'answer.interrupt.filler',
      title: 'POST interrupt -> first filler part listed',
      unit,
      samples: samples('filler'),
    },
    {
      id: 'answer.interrupt.lead',
      title: '  the cut, ahead of the clock of the stream (LEAD_MS 500)',
      unit,
      samples: samples('lead'),
    },
  ];
}
