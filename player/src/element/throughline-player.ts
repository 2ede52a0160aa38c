import { attachPlayer, type Cut, type Player, type PlayerEvent, type QualityFigures } from '../player.ts';
import type { Turn } from '../session/transcript.ts';
import { LOOK_ATTRIBUTES, playbackOptionsOf, SOURCE_ATTRIBUTES, setOrRemove } from './attributes.ts';
import { guardSeeks, hearTaps, mendRoles } from './controls.ts';
import { forwardMediaEvents } from './media-element.ts';
import { announce, withdraw } from './media-session.ts';
import type { ThroughlineEvents } from './player-events.ts';
import { forgetRecording, playRecording } from './recording.ts';
import { ReflectingElement } from './reflecting-element.ts';
import { type Source, serverOf, sourceOf } from './source.ts';
import { Stage } from './stage.ts';
import type { PlayerState } from './state.ts';
import { type Parts, render } from './template.ts';
import { TranscriptFeed } from './transcript-feed.ts';
import { watchFigures } from './watch-figures.ts';

/** As a script of its own it knows its address only while it runs for the first time. */
const script = globalThis.document?.currentScript;
const SERVER = serverOf(script != null && 'src' in script ? `${script.src}` : import.meta.url);

/** `<throughline-player>`: plays a session, or any HLS stream. */
export class ThroughlinePlayer extends ReflectingElement {
  static readonly observedAttributes = [...SOURCE_ATTRIBUTES, ...LOOK_ATTRIBUTES];

  readonly #parts: Parts;
  readonly #stage: Stage;
  readonly #transcript = new TranscriptFeed(() => this.dispatchEvent(new Event('transcriptchange')));
  #source: Source | undefined;
  #player: Player | undefined;
  #isReplay = false;
  /** The attributes by which `#player` was made. */
  #settings = '';
  #loading = false;
  #qualityTimer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.#parts = render(this.attachShadow({ mode: 'open' }));
    const { video, controller, replay } = this.#parts;
    this.#stage = new Stage({
      parts: this.#parts,
      player: () => this.#player,
      onState: (state) => this.#tell('statechange', state),
    });
    forwardMediaEvents(video, this);
    guardSeeks(controller, { video, player: () => this.#player });
    hearTaps(controller, () => {
      void this.unmute();
      return this.awaitsGesture;
    });
    replay.addEventListener('click', () => void this.replay());
    video.addEventListener('play', () => announce(video, { title: this.#title, poster: this.poster }));
  }

  get media(): HTMLVideoElement {
    return this.#parts.video;
  }

  /** Id of the session that is played; null: none is known by it. Setting it plays a session of the server the script comes from. */
  get session(): string | null {
    return this.#source?.session?.id ?? this.getAttribute('session');
  }

  set session(id: string | null) {
    setOrRemove(this, 'session', id);
  }

  get muted(): boolean {
    return this.#player?.muted ?? this.media.muted;
  }

  set muted(muted: boolean) {
    if (this.#player === undefined) {
      this.media.muted = muted;
    } else {
      this.#player.muted = muted;
    }
  }

  /** The browser withheld the sound, or playback, at the start, and gives it after a gesture: see `unmute`. */
  get awaitsGesture(): boolean {
    return this.#stage.awaitsGesture;
  }

  /**
   * Gives the sound that the browser withheld at the start, when called from a click, tap or key press; else does nothing.
   */
  async unmute(): Promise<void> {
    await this.#player?.started;
    if (this.awaitsGesture) {
      await this.#player?.unmute();
    }
  }

  get hasCaptions(): boolean {
    return this.#player?.hasCaptions ?? false;
  }

  /** What a viewer sees. */
  get state(): PlayerState {
    return this.#stage.state;
  }

  /** `hls.js` or `native`; undefined while nothing is attached. */
  get engine(): Player['engine'] | undefined {
    return this.#player?.engine;
  }

  /** What was measured so far; undefined while nothing is attached. */
  get quality(): QualityFigures | undefined {
    return this.#player?.figures();
  }

  /** What was said and asked, oldest first, as far as the playlist tells, and with `events` the session's events. */
  get transcript(): readonly Turn[] {
    return this.#transcript.turns;
  }

  /** Wall clock of what is on screen (EXT-X-PROGRAM-DATE-TIME); null while it is not known. */
  get programDateTime(): Date | null {
    return dateOf(this.#player?.dateMs());
  }

  /** Wall clock of a moment on the session's timeline, in seconds; null while it is not known, or without `events`. */
  dateOfMediaTime(mediaTime: number): Date | null {
    return dateOf(this.#player?.dateMsAt(mediaTime));
  }

  /** Wall clock of a position of `media`, in seconds; null while it is not known. */
  dateOfPosition(position: number): Date | null {
    return dateOf(this.#player?.dateMsOf(position));
  }

  /** Something is still to be heard of what was said: there is something to interrupt. */
  get busy(): boolean {
    return this.#transcript.busyAt(this.#player?.dateMs());
  }

  /**
   * Silent at once: interrupts what is being said, and skips to the cut as soon as that is here.
   *
   * @param ask - Interrupts on the server, and tells where the cut lies; undefined: there was nothing to cut. Absent: asks the
   *   session's own server, which answers pages of its own origin only.
   * @throws what `ask` throws, with the sound back.
   */
  interrupt(ask?: () => Promise<Cut | undefined>): Promise<Cut | undefined> {
    return this.#player?.interrupt(ask) ?? Promise.resolve(undefined);
  }

  /** Moves to where a new viewer would start. */
  seekToLive(): void {
    this.#player?.seekToLive();
  }

  /** Plays again what has ended: in place where the playlist keeps it all, else the session's recording. */
  async replay(): Promise<void> {
    const recording = this.#source?.session;
    if (this.#player?.listsAll === true || this.#isReplay || recording === undefined) {
      const { media } = this;
      media.currentTime = media.seekable.length === 0 ? 0 : media.seekable.start(0);
      await media.play();
      return;
    }
    this.#detach();
    this.#isReplay = true;
    this.#player = playRecording(this.media, recording, this.captions);
    this.#stage.reset();
  }

  connectedCallback(): void {
    this.#loadSoon();
  }

  disconnectedCallback(): void {
    // Moved in the document, it is connected again by then, and plays on.
    queueMicrotask(() => {
      if (!this.isConnected) {
        this.#detach();
      }
    });
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) {
      return;
    }
    const { video, controller } = this.#parts;
    switch (name) {
      case 'poster':
        video.poster = now ?? '';
        break;
      case 'captions':
        this.#player?.showCaptions(now !== null);
        break;
      case 'accent-color':
        this.style.setProperty('--throughline-accent', now ?? '');
        break;
      case 'muted':
        this.muted = now !== null;
        break;
      case 'hotkeys':
      case 'nohotkeys':
        setOrRemove(controller, name, now);
        break;
      case 'video-title':
        break;
      default:
        this.#loadSoon();
    }
  }

  /** Several attributes that change at once are one change. */
  #loadSoon(): void {
    if (!this.#loading) {
      this.#loading = true;
      queueMicrotask(() => {
        this.#loading = false;
        if (this.isConnected) {
          mendRoles(this.#parts.controller);
          this.#load();
        }
      });
    }
  }

  #load(): void {
    const attributes = { src: this.getAttribute('src'), session: this.getAttribute('session') };
    const source = sourceOf(attributes, document.baseURI, SERVER);
    const settings = SOURCE_ATTRIBUTES.map((name) => this.getAttribute(name)).join('\n');
    // Taken out of the document and put back at once, it has been playing all the time.
    if (this.#player !== undefined && settings === this.#settings && !this.#isReplay) {
      return;
    }
    this.#settings = settings;
    this.#detach();
    this.#source = source;
    this.#transcript.reset();
    if (source !== undefined) {
      this.#attach(source);
    }
    this.#stage.reset();
  }

  #attach(source: Source): void {
    const wasMuted = this.media.muted;
    const player = attachPlayer(this.media, {
      ...playbackOptionsOf(this, source),
      onStart: (started) => this.#stage.started(started, wasMuted),
      onConnection: (connection) => {
        this.#stage.connection = connection;
      },
      onMissed: (seconds) => {
        this.#stage.missed(seconds);
        this.#tell('missed', { duration: seconds });
      },
      onStall: (stalledMs) =>
        stalledMs === undefined
          ? this.#tell('stall', { currentTime: this.media.currentTime })
          : this.#tell('stallend', { duration: stalledMs / 1000 }),
      onChunkRange: (range) => this.#transcript.addRange(range),
      onChunkMark: ({ type, chunk }) => this.#tell(type === 'start' ? 'chunkstart' : 'chunkend', chunk),
      onEvent: (event) => this.#happened(event),
      onEventsConnected: (connected) => this.#tell('sessionconnection', connected),
    });
    this.#player = player;
    this.#qualityTimer = watchFigures(player, (figures) => this.#tell('qualitychange', figures));
  }

  #detach(): void {
    clearInterval(this.#qualityTimer);
    this.#player?.close();
    this.#player = undefined;
    if (this.#isReplay) {
      forgetRecording(this.media);
      this.#isReplay = false;
    }
    this.#stage.reset();
    withdraw();
  }

  #happened(event: PlayerEvent): void {
    this.#transcript.apply(event, (mediaTime) => this.#player?.dateMsAt(mediaTime));
    this.#tell('sessionevent', event);
  }

  #tell<Type extends keyof ThroughlineEvents>(
    type: Type,
    detail: ThroughlineEvents[Type] extends CustomEvent<infer Detail> ? Detail : never,
  ): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  get #title(): string {
    return this.getAttribute('video-title') || document.title;
  }
}

function dateOf(dateMs: number | undefined): Date | null {
  return dateMs === undefined ? null : new Date(dateMs);
}
