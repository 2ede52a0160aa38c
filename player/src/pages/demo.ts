import type { PreferenceChanges } from '../../../server/session/types.ts';
import { type ThroughlineEvents, ThroughlinePlayer } from '../element/index.ts';
import { Listener } from '../hearing/listening.ts';
import { ApiError, endSession, joinSession, type OpenedSession, prefer, providers } from '../session/api.ts';
import { askForKeyBy } from '../session/api-key.ts';
import { Composer, type Mode } from './composer.ts';
import { ConnectionLine } from './connection-line.ts';
import { Conversation } from './conversation.ts';
import { find } from './dom.ts';
import { EarlierList } from './earlier-list.ts';
import { FiguresPanel } from './figures.ts';
import { hearEscape, unmuteByGesture } from './gestures.ts';
import { keyDialog } from './key-dialog.ts';
import { ModelHint } from './model-hint.ts';
import { openPatiently } from './open-patiently.ts';
import { nameInAddress, sessionInAddress } from './page-address.ts';
import { forgetSession, nameSession, rememberSession } from './remembered-sessions.ts';
import { SessionBar } from './session-bar.ts';
import { rememberedPreferences, Settings } from './settings.ts';
import { ShareDialog } from './share-dialog.ts';
import { followFrames } from './shown-frames.ts';
import { StageMessage } from './stage-message.ts';
import { StopButton } from './stop-button.ts';
import { readSetting, writeSetting } from './stored.ts';
import { TalkButton } from './talk-button.ts';
import { TimingPanel } from './timing-panel.ts';
import { downloadText, transcriptText } from './transcript-file.ts';
import { TranscriptView } from './transcript-view.ts';

/** How often the words follow the playhead, and how often the figures do. */
const WORDS_MS = 50;
const FIGURES_MS = 500;
/** The session that this tab was in last. */
const OWN_SESSION = 'throughline-session';

const player = find('player', ThroughlinePlayer);
const message = new StageMessage();
const figures = new FiguresPanel();
const view = new TranscriptView();
const timing = new TimingPanel();
const composer = new Composer(send);
const connection = new ConnectionLine();
const settings = new Settings(change);
const stop = new StopButton(() => void interrupt());
const listener = new Listener({ serverDeaf: () => settings.serverDeaf, language: () => settings.language });
const talk = new TalkButton(listener, {
  onBegin: () => void interrupt(),
  onHeard,
  onWords: (words) => composer.whisper(words),
  onProblem: (problem) => composer.complain(problem),
});
const share = new ShareDialog();
const modelHint = new ModelHint();
const earlierList = new EarlierList((id) => void start(id));
const bar = new SessionBar({
  onShare: () => session && share.open(session),
  onTranscript: () => session && downloadText(`${session.id}.txt`, transcriptText(player.transcript, dateMs)),
  onEnd: () => void end(),
});
let session: OpenedSession | undefined;
let conversation: Conversation | undefined;
/** Program date time of what was on screen when that was last known. */
let dateMs: number | undefined;
/** One session's stay on the page: aborted when another takes its place. */
let visit = new AbortController();

/** Leaves what is on the page and opens a session, or joins one. @param earlier - Joined in place of a new one, if it is still open. */
async function start(id: string | undefined, earlier?: string): Promise<void> {
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  leave();
  const preferences = rememberedPreferences();
  try {
    const onUnreachable = (): void => message.say('The server does not answer. Trying again…');
    const opened = await openPatiently({ id, earlier, preferences, signal, onUnreachable });
    if (opened !== undefined) {
      enter(opened);
      settings.preferences = opened;
    }
  } catch (error) {
    if (!signal.aborted) {
      refuse(error, id);
    }
  }
}

function leave(): void {
  close();
  conversation = undefined;
  dateMs = undefined;
  view.show([], dateMs);
  timing.show(undefined);
  message.clear();
  bar.idle('opening…');
  settings.reset();
}

/** Nothing is played and nothing can be said. */
function close(): void {
  player.removeAttribute('src');
  session = undefined;
  figures.clear();
  enable(false);
  composer.complain('');
  connection.connected = true;
}

function enable(enabled: boolean): void {
  composer.enabled = enabled;
  talk.enabled = enabled;
}

function enter(opened: OpenedSession): void {
  session = opened;
  conversation = new Conversation(opened, player);
  writeSetting(OWN_SESSION, opened.id, 'tab');
  nameInAddress(opened.id);
  rememberSession(opened.id, Date.now());
  earlierList.show(opened.id);
  message.clear();
  bar.opened(opened);
  if (opened.state === 'open') {
    enable(true);
    composer.focusIfFree();
  } else {
    composer.close();
  }
  const { width, height } = opened.profile;
  player.style.setProperty('--throughline-ratio', `${width} / ${height}`);
  document.documentElement.style.setProperty('--ratio', String(width / height));
  if (opened.pacing === 'asap') {
    // What is not live is heard from its first sentence.
    player.setAttribute('start', '0');
  } else {
    player.removeAttribute('start');
  }
  player.src = opened.playlistUrl;
}

function onEvent({ detail: event }: ThroughlineEvents['sessionevent']): void {
  conversation?.apply(event);
  if (event.type === 'session.changed') {
    settings.preferences = event.preferences;
  } else if (event.type === 'turn.started' || event.type === 'sentence') {
    nameSession(session?.id, event.type === 'sentence' ? event.text : event.utterance);
  } else if (event.type === 'session.ended') {
    closeComposer();
    bar.ended();
  }
}

function closeComposer(): void {
  composer.close();
  talk.enabled = false;
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
  close();
  closeComposer();
  bar.idle('none');
  const fresh = { label: 'New conversation', run: () => void start(undefined) };
  if (id !== undefined && error instanceof ApiError && error.status === 404) {
    forgetSession(id);
    earlierList.show(undefined);
    message.say('This conversation does not exist any more.', fresh);
    return;
  }
  const reason = error instanceof Error ? error.message : String(error);
  message.say(reason, { label: 'Try again', run: () => void start(id) }, ...(id === undefined ? [] : [fresh]));
}

async function send(text: string, mode: Mode): Promise<void> {
  view.follow();
  await (mode === 'ask' ? conversation?.ask(text, performance.now()) : conversation?.say(text));
}

/** Spoken by the user. @param releasedMs - performance.now() of the moment the user was done. */
async function onHeard(heard: string | Blob, releasedMs: number): Promise<void> {
  view.follow();
  try {
    // A recording is understood by the server, which then answers it.
    await (typeof heard === 'string' && composer.mode === 'say'
      ? conversation?.say(heard)
      : conversation?.ask(heard, releasedMs));
    composer.complain('');
  } catch (error) {
    if (typeof heard === 'string') {
      composer.restore(heard);
    }
    throw error;
  }
}

async function interrupt(): Promise<void> {
  try {
    await conversation?.stop();
  } catch (error) {
    composer.complain(`Could not stop it: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function change(changes: PreferenceChanges): Promise<void> {
  if (session !== undefined) {
    await prefer(session.id, changes);
  }
}

/** What can be chosen; without it, one talks to whoever is there. */
async function learnProviders(): Promise<void> {
  try {
    const status = await providers();
    settings.status = status;
    settings.ignoresInstructions =
      status.llm.hint === undefined ? undefined : 'The built-in responder does not follow this; a model does.';
    modelHint.show(status.llm);
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
  }
}

async function end(): Promise<void> {
  if (session === undefined) {
    return;
  }
  closeComposer();
  bar.ending();
  try {
    await endSession(session.id);
  } catch (error) {
    bar.opened(session);
    enable(true);
    composer.complain(error instanceof Error ? error.message : String(error));
  }
}

listen('sessionevent', onEvent);
listen('sessionconnection', ({ detail: standing }) => {
  connection.connected = standing;
  if (!standing && session !== undefined) {
    void check(session.id);
  }
});
listen('statechange', ({ detail: state }) => {
  if (state === 'gone' && session !== undefined) {
    void check(session.id);
  }
});
addEventListener('popstate', () => void start(sessionInAddress()));
followFrames(player, (frameMs, displayMs) => conversation?.timings.present(frameMs, displayMs));
for (const id of ['another', 'new-session']) {
  find(id, HTMLButtonElement).addEventListener('click', () => void start(undefined));
}
unmuteByGesture(player);
hearEscape(() => {
  if (talk.active) {
    talk.cancel();
  } else {
    void interrupt();
  }
});
setInterval(() => {
  if (conversation !== undefined) {
    // At the end everything is said, however the last frame's date rounds.
    dateMs = player.ended ? Number.POSITIVE_INFINITY : (player.programDateTime?.getTime() ?? dateMs);
    view.show(player.transcript, dateMs);
    stop.enabled = session !== undefined && player.busy;
  }
}, WORDS_MS);
setInterval(() => {
  if (player.quality !== undefined) {
    figures.show(player.quality);
    timing.show(conversation?.timings.latest);
  }
}, FIGURES_MS);
askForKeyBy(keyDialog);
void learnProviders();
void start(sessionInAddress(), readSetting(OWN_SESSION, 'tab'));

function listen<Type extends keyof ThroughlineEvents>(
  type: Type,
  listener: (event: ThroughlineEvents[Type]) => void,
): void {
  player.addEventListener(type, listener as (event: Event) => void);
}
