import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright';
import { startOpenAiServer } from '../../server/speech/testing/openai-server.ts';
import { startAvatarService } from '../avatar-service/service.ts';
import { deleteSession, openSession, waitForPlaylist } from '../support/api.ts';
import { launchChromium } from '../support/chromium.ts';
import { fetchText } from '../support/hls-client.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { type AnswerTimes, answerFigures, splitAnswer } from './answer-times.ts';
import { askInPage } from './answer-view.ts';
import { EventFeed } from './event-feed.ts';
import { PICTURE } from './ffmpeg-settings.ts';
import type { Figure, PartReport } from './figures.ts';
import { interruptions } from './interruptions.ts';
import type { BenchContext } from './part.ts';

const ANSWERS = { full: 15, quick: 4 };
const INTERRUPTIONS = { full: 15, quick: 5 };
/** A player keeps the distance to the live edge that it starts with: each page load is a new draw. */
const ANSWERS_PER_VIEW = 5;
/** Each is answered offline in one to three sentences; the first answer says that no model is configured. */
const QUESTIONS = [
  'How are you?',
  'What time is it?',
  'Tell me a joke.',
  'What is 12 times 12?',
  'What day is it today?',
];
/** The delays of real providers. */
const REAL = { firstTokenMs: 400, tokenMs: 20, ttsMs: 300, faceSpeed: 1 };
/** Two sentences: 53 and 40 characters, 2.9 and 2.2 s at 55 ms a character. */
const REAL_ANSWER = 'That is a good question, and I will gladly answer it. It depends on what you want to know.';
/** Pictures in a part of 0.2 s. */
const PART_FRAMES = 5;

type Asked = { readonly answers: readonly AnswerTimes[]; readonly stalls: readonly number[] };
type Options = BenchContext & { readonly browser: Browser; readonly facePartMs: number };

/** Asks in one session, in as many page loads as it takes. */
async function askAll(session: Opened, options: Options): Promise<Asked> {
  const { browser, dir, facePartMs, quick, log } = options;
  await using events = new EventFeed(session.eventsUrl);
  const count = quick ? ANSWERS.quick : ANSWERS.full;
  const answers: AnswerTimes[] = [];
  const stalls: number[] = [];
  for (let view = 1; answers.length < count; view++) {
    const left = Math.min(ANSWERS_PER_VIEW, count - answers.length);
    const seen = await askInPage(browser, { ...session, events }, QUESTIONS.slice(0, left), {
      clip: view,
      dir: join(dir, 'answer'),
      log: (marks) => {
        const { total, ours, held, screen } = splitAnswer(marks, facePartMs);
        const [all, own, hold, shown] = [total, ours, held, screen].map((ms) => ms.toFixed(0));
        log(`on screen after ${all} ms, ours ${own} ms (${shown} of it from published on), held ${hold} ms`);
      },
    });
    answers.push(...seen.answers.map((marks) => splitAnswer(marks, facePartMs)));
    stalls.push(seen.stalls);
  }
  return { answers, stalls };
}

type Opened = { readonly origin: string } & Awaited<ReturnType<typeof openSession>>;

async function openAt({ origin }: RunningServer): Promise<Opened> {
  const session = await openSession(origin);
  await waitForPlaylist(session.playlistUrl);
  // The first visitor's server has long been up.
  await sleep(1000);
  return { origin, ...session };
}

function stallFigure(id: string, name: string, samples: readonly number[]): Figure {
  return { id: `answer.${id}.stalls`, title: `${name}stalls per page load`, unit: 'stalls', samples };
}

/** The providers that need nothing: offline responder, embedded voice, drawn face. */
async function embedded(options: BenchContext & { browser: Browser }): Promise<PartReport> {
  const { dataDir, quick, log } = options;
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn', AVATAR: 'drawn' } });
  const session = await openAt(server);
  const { answers, stalls } = await askAll(session, { ...options, facePartMs: 0 });
  const cuts = await interruptions(session, quick ? INTERRUPTIONS.quick : INTERRUPTIONS.full, log);
  await deleteSession(server.origin, session.id);
  const { llm, tts, avatar } = JSON.parse(await fetchText(`${server.origin}/readyz`)) as Record<string, string>;
  const name = 'embedded: ';
  return {
    figures: [...answerFigures('embedded', name, answers), stallFigure('embedded', name, stalls), ...cuts],
    notes: [`embedded: LLM ${llm}, voice ${tts}, face ${avatar}`],
  };
}

/** Providers over HTTP with the delays of real ones. */
async function real(options: BenchContext & { browser: Browser }): Promise<PartReport> {
  const { firstTokenMs, tokenMs, ttsMs, faceSpeed } = REAL;
  await using models = await startOpenAiServer({
    always: {
      chat: { text: REAL_ANSWER, firstTokenMs, pieceMs: tokenMs },
      speech: { speechMs: ttsMs },
    },
  });
  await using face = await startAvatarService({ speed: faceSpeed });
  await using server = await startServer({
    dataDir: options.dataDir,
    env: {
      ...{ LOG_LEVEL: 'warn', OPENAI_BASE_URL: models.baseUrl, LLM_MODEL: 'test-model', TTS_MODEL: 'test-voice' },
      ...{ AVATAR: 'http', AVATAR_URL: face.url },
    },
  });
  const session = await openAt(server);
  const facePartMs = ((PART_FRAMES - 1) / PICTURE.fps / faceSpeed) * 1000;
  const { answers, stalls } = await askAll(session, { ...options, facePartMs });
  await deleteSession(server.origin, session.id);
  // Connections kept alive for the next request hold a server that is closed.
  models.closeIdleConnections();
  const name = 'real delays: ';
  return {
    figures: [...answerFigures('real', name, answers), stallFigure('real', name, stalls)],
    notes: [
      `real delays: LLM first token ${firstTokenMs} ms, then a word every ${tokenMs} ms; voice ${ttsMs} ms, then at once; face over HTTP ${faceSpeed.toFixed(1)}x real time`,
    ],
  };
}

/** Utterance -> first frame of the answer on screen, and where the time goes. */
export async function answer(context: BenchContext): Promise<PartReport> {
  await using browser = await launchChromium();
  const reports = [
    await embedded({ ...context, browser, log: (line) => context.log(`embedded: ${line}`) }),
    await real({ ...context, browser, log: (line) => context.log(`real delays: ${line}`) }),
  ];
  return {
    figures: reports.flatMap(({ figures }) => figures),
    notes: [
      ...reports.flatMap(({ notes }) => notes),
      'first sentence of each answer; /embed page, hls.js, Chromium headless without GPU; media time against a clip with numbered pictures',
      'held for the face: until the rest is drawn in time even if the face slows down to 0.8 of its speed (SAFE_SPEED 1.25): 20 % of the sentence at 1.0x',
    ],
  };
}
