import { ApiError, endSession, joinSession, type OpenedSession, say } from '../api.ts';
import { attachPlayer, type Player, type PlayerEvent } from '../player.ts';
import { Transcript } from '../transcript.ts';
import { Composer } from './composer.ts';
import { wireControls } from './controls.ts';
import { find } from './dom.ts';
import { FiguresPanel } from './figures.ts';
import { openPatiently } from './open-patiently.ts';
import { SessionBar } from './session-bar.ts';
import { SoundButton } from './sound-button.ts';
import { Stage } from './stage.ts';
import { TranscriptView } from './transcript-view.ts';

/** How often the highlight follows the playhead, and how often the figures do. */
const HIGHLIGHT_MS = 100;
const FIGURES_MS = 500;

const stage = new Stage();
const sound = new SoundButton(stage.video);
const figures = new FiguresPanel();
const view = new TranscriptView();
const composer = new Composer(sayInSession);
const bar = new SessionBar(() => void end());
let transcript = new Transcript();
let session: OpenedSession | undefined;
let player: Player | undefined;
/** Playback position when it was last known, on the session's timeline. */
let mediaTime: number | undefined;
/** Playback: false from the first failed request until one succeeds. */
let connected = true;
/** One session's stay on the page: aborted when another takes its place. */
let visit = new AbortController();

/** Leaves what is on the page and opens a session, or joins one. */
async function start(id: string | undefined): Promise<void> {
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  leave();
  try {
    const onUnreachable = (): void => stage.say('The server does not answer. Trying again…');
    const opened = await openPatiently({ id, signal, onUnreachable });
    if (opened !== undefined) {
      enter(opened);
    }
  } catch (error) {
    if (!signal.aborted) {
      refuse(error, id);
    }
  }
}

function leave(): void {
  player?.close();
  player = undefined;
  session = undefined;
  transcript = new Transcript();
  mediaTime = undefined;
  view.show(transcript, mediaTime);
  stage.load({ width: 1, height: 1 });
  stage.clear();
  sound.hide();
  bar.idle('opening…');
  figures.clear();
  connected = true;
  composer.enabled = false;
  composer.complain('');
}

function enter(opened: OpenedSession): void {
  session = opened;
  history.replaceState(null, '', `?session=${encodeURIComponent(opened.id)}`);
  stage.clear();
  stage.load(opened.profile);
  bar.opened(opened);
  composer.enabled = true;
  if (opened.state !== 'open') {
    composer.close();
  }
  const attached = attachPlayer(stage.video, {
    src: opened.playlistUrl,
    eventsUrl: opened.eventsUrl,
    // What is not live is heard from its first sentence.
    ...(opened.pacing === 'asap' && { startPosition: 0 }),
    onStart: (started) => sound.show(attached, started),
    onConnection: (connection) => {
      connected = connection === 'ok';
      if (connection === 'gone') {
        void check(opened.id);
      }
    },
    onEvent,
    onEventsConnected: (standing) => {
      composer.complain(standing ? '' : 'The connection to the server is lost. Reconnecting…');
      if (!standing) {
        void check(opened.id);
      }
    },
  });
  player = attached;
  stage.player = attached;
}

function onEvent(event: PlayerEvent): void {
  transcript.apply(event);
  if (event.type === 'session.ended') {
    composer.close();
    bar.ended();
  }
}

/** The stream or its events failed: is the session still there? */
async function check(id: string): Promise<void> {
  const { signal } = visit;
  try {
    await joinSession(id);
  } catch (error) {
    if (!signal.aborted && error instanceof ApiError && error.status === 404) {
      refuse(error, id);
    }
  }
}

/** Says in words why there is nothing to see, and offers the way on. */
function refuse(error: unknown, id: string | undefined): void {
  player?.close();
  player = undefined;
  session = undefined;
  stage.gone();
  bar.idle('none');
  figures.clear();
  sound.hide();
  composer.enabled = false;
  composer.complain('');
  const fresh = { label: 'Open a new session', run: () => void start(undefined) };
  if (id !== undefined && error instanceof ApiError && error.status === 404) {
    stage.say('This session does not exist any more.', fresh);
    return;
  }
  const reason = error instanceof Error ? error.message : String(error);
  stage.say(reason, { label: 'Try again', run: () => void start(id) }, ...(id === undefined ? [] : [fresh]));
}

async function sayInSession(text: string): Promise<void> {
  if (session !== undefined) {
    await say(session.id, text);
  }
}

async function end(): Promise<void> {
  if (session === undefined) {
    return;
  }
  composer.close();
  bar.ending();
  try {
    await endSession(session.id);
  } catch (error) {
    bar.opened(session);
    composer.enabled = true;
    composer.complain(error instanceof Error ? error.message : String(error));
  }
}

stage.video.addEventListener('ended', () => {
  const fresh = { label: 'Open a new session', run: () => void start(undefined) };
  stage.say(
    'The session has ended.',
    { label: 'Download the recording', run: () => location.assign(bar.recordingUrl) },
    fresh,
  );
});
find('new-session', HTMLButtonElement).addEventListener('click', () => void start(undefined));
wireControls(stage.video);
setInterval(() => {
  // At the end everything is said, however the last frame's date rounds.
  mediaTime = stage.video.ended ? Number.POSITIVE_INFINITY : (player?.mediaTime() ?? mediaTime);
  view.show(transcript, mediaTime);
}, HIGHLIGHT_MS);
setInterval(() => {
  if (player !== undefined) {
    const now = player.figures();
    figures.show(now);
    stage.refresh(now, connected);
  }
}, FIGURES_MS);
void start(new URLSearchParams(location.search).get('session') ?? undefined);
