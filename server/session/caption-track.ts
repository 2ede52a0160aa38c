import type { DateRange, SubtitleRendition } from '../playlist/types.ts';
import { CUE_CHARACTERS, type Cue } from '../playlist/webvtt.ts';
import type { Caption, CaptionState, Piece, PlannedCue, Talk } from './caption.ts';
import { type ChunkOnAir, chunkDateRange, type TimedWord } from './chunk-date-range.ts';
import { alignWords, phrases, spokenLength } from './words.ts';

export type CaptionTrackOptions = {
  readonly fps: number;
  /** There is a WebVTT rendition, and the recording has captions. Date ranges there are always. */
  readonly enabled: boolean;
  /** BCP 47 tag of what is said. */
  readonly language: string;
  /** Wall clock, in ms since the epoch, at which a frame is presented. */
  presentationMs(frame: number): number;
  /** End of the last complete segment that players have been shown, in frames. */
  shownUntil?(): number;
  /** Where it goes on. */
  readonly state?: CaptionState | undefined;
};

/**
 * What is said when: date ranges and cues of everything on the timeline. Cues are made for segments that are complete, from what
 * was planned when they were listed; what is found out later (a chunk is cut off or paused) changes later segments only. A cue that
 * was listed keeps its planned end for that reason: the length of a phrase is how far that can be wrong.
 *
 * RFC 8216bis 3.1.4: a segment has all cues of its time, and each cue its whole time, also where that lies outside the segment. So
 * who joins late sees what is being said, and hls.js and ffmpeg show it once (same id, same times). VLC 3 stacks the copies; cues
 * cut at segment ends would help it, but blink each second in players that are as close to the live edge as a segment is long.
 */
export class CaptionTrack {
  readonly #options: CaptionTrackOptions;
  readonly #talks = new Map<string, Talk>();
  /** In order of the timeline. */
  #pieces: Piece[] = [];
  /** All that was said, for the recording: a line of text for each phrase, for ever. */
  readonly #said: Cue[] = [];

  constructor(options: CaptionTrackOptions) {
    this.#options = options;
    if (options.state) this.#restore(options.state);
  }

  get state(): CaptionState {
    const talks = [...this.#talks.values()].map(({ caption, ended, pieces }) => ({
      caption,
      ended,
      pieces: pieces.map(({ startFrame, played, endFrame, shownUntil, onAir }) => ({
        ...{ startFrame, played, startMs: onAir.startDate.getTime() },
        ...(endFrame !== undefined && { endFrame }),
        ...(shownUntil !== undefined && { shownUntil }),
      })),
    }));
    return { talks, said: this.#said };
  }

  get enabled(): boolean {
    return this.#options.enabled;
  }

  get language(): string {
    return this.#options.language;
  }

  /** The rendition `subs` as the multivariant playlist names it. */
  rendition(uri: string): SubtitleRendition | undefined {
    const { enabled, language } = this.#options;
    return enabled ? { uri, name: languageName(language), language } : undefined;
  }

  /** A chunk goes on air at this frame of the timeline. */
  begin(caption: Caption, startFrame: number): void {
    const talk: Talk = { caption, words: alignWords(caption.text, caption.words), pieces: [], ended: false };
    this.#talks.set(caption.id, talk);
    this.#start(talk, startFrame, 0);
  }

  /** Filler interrupts the chunk at `frame` of the timeline. */
  pause(id: string, frame: number): void {
    const talk = this.#talks.get(id);
    if (talk) this.#stop(talk, frame);
  }

  /** The chunk goes on at `frame` of the timeline, from its own frame `played` on. */
  resume(id: string, frame: number, played: number): void {
    const talk = this.#talks.get(id);
    if (!talk || talk.ended) return;
    this.#stop(talk, frame);
    this.#start(talk, frame, played);
  }

  /** The chunk's last frame on the timeline is out, as planned or cut short. */
  end(id: string, frame: number): void {
    const talk = this.#talks.get(id);
    if (!talk) return;
    this.#stop(talk, frame);
    talk.ended = true;
    if (talk.pieces.length === 0) this.#talks.delete(id);
  }

  /** What was said of a chunk before a frame of the timeline: whole words. */
  spokenText(id: string, frame: number): string {
    const talk = this.#talks.get(id);
    const piece = talk?.pieces.findLast(({ startFrame }) => startFrame <= frame);
    if (!talk || !piece) return '';
    const { caption, words } = talk;
    const played = piece.played + Math.min(frame, piece.endFrame ?? frame) - piece.startFrame;
    const length = spokenLength(caption.text, words, this.#ms(played), this.#ms(caption.frames));
    return caption.text.slice(0, length).trimEnd();
  }

  /** Date ranges that lie, in part at least, between two frames of the timeline, oldest first. */
  dateRanges(startFrame: number, endFrame: number): readonly DateRange[] {
    // Dates are rounded to ms: a range that ends with the last frame before might still touch the first one.
    return this.#between(startFrame - 1, endFrame).map((piece) => piece.range);
  }

  /** Cues that a complete segment shows. */
  cues(startFrame: number, endFrame: number): readonly Cue[] {
    const [startMs, endMs] = [this.#ms(startFrame), this.#ms(endFrame)];
    return this.#between(startFrame, endFrame).flatMap((piece) => {
      // What was shown stays as it was: an end that became known later changes later segments only.
      const isKnown = piece.endFrame !== undefined && endFrame > (piece.shownUntil ?? 0);
      const cutMs = isKnown ? this.#ms(piece.endFrame ?? 0) : Number.POSITIVE_INFINITY;
      return piece.cues
        .filter((cue) => cue.startMs < Math.min(endMs, cutMs) && cue.endMs > startMs)
        .map((cue) => (cutMs <= endMs && cue.startMs >= startMs ? { ...cue, endMs: Math.min(cue.endMs, cutMs) } : cue));
    });
  }

  /** All that was said up to a frame, for the recording: cut where it was cut. */
  said(endFrame: number): readonly Cue[] {
    const open = this.#pieces.filter((piece) => piece.endFrame === undefined);
    return [...this.#said, ...open.flatMap((piece) => this.#cutCues(piece, endFrame))];
  }

  /** Nothing before this frame of the timeline can be asked for any more. */
  forget(frame: number): void {
    const keep = this.#pieces.findIndex((piece) => (piece.endFrame ?? Number.POSITIVE_INFINITY) > frame);
    if (keep === 0 || this.#pieces.length === 0) return;
    this.#pieces = keep < 0 ? [] : this.#pieces.slice(keep);
    for (const [id, { ended, pieces }] of this.#talks) {
      if (ended && (pieces.at(-1)?.endFrame ?? 0) <= frame) this.#talks.delete(id);
    }
  }

  #restore({ talks, said }: CaptionState): void {
    for (const { caption, ended, pieces } of talks) {
      const talk: Talk = { caption, words: alignWords(caption.text, caption.words), pieces: [], ended };
      this.#talks.set(caption.id, talk);
      for (const { startFrame, played, startMs, endFrame, shownUntil } of pieces) {
        const piece = this.#start(talk, startFrame, played, startMs);
        if (endFrame !== undefined) this.#close(piece, endFrame, shownUntil ?? 0);
      }
    }
    this.#pieces.sort((a, b) => a.startFrame - b.startFrame);
    this.#said.push(...said);
  }

  #start(talk: Talk, startFrame: number, played: number, startMs = this.#options.presentationMs(startFrame)): Piece {
    const { caption, words, pieces } = talk;
    const playedMs = this.#ms(played);
    const from = spokenLength(caption.text, words, playedMs, this.#ms(caption.frames));
    const rest = played === 0 ? words : wordsAfter(words, playedMs);
    const id = pieces.length === 0 ? caption.id : `${caption.id}.${pieces.length + 1}`;
    const frames = Math.max(0, caption.frames - played);
    const onAir: ChunkOnAir = {
      id,
      ...(caption.turn !== undefined && { turn: caption.turn }),
      index: caption.index,
      text: played === 0 ? caption.text : caption.text.slice(from),
      ...(rest && { words: rest }),
      // As EXT-X-PROGRAM-DATE-TIME of the segment that begins here is rounded.
      startDate: new Date(Math.round(startMs)),
      plannedDuration: frames / this.#options.fps,
    };
    const cues = this.#options.enabled ? this.#plan(onAir, this.#ms(startFrame), this.#ms(startFrame + frames)) : [];
    const piece: Piece = { id, startFrame, played, frames, onAir, cues, range: chunkDateRange(onAir) };
    pieces.push(piece);
    this.#pieces.push(piece);
    return piece;
  }

  /** Ends the piece that is on air, if one is; what never came on the timeline never was. */
  #stop(talk: Talk, frame: number): void {
    const piece = talk.pieces.at(-1);
    if (!piece || piece.endFrame !== undefined) return;
    if (frame <= piece.startFrame) {
      talk.pieces.pop();
      this.#pieces = this.#pieces.filter((other) => other !== piece);
      return;
    }
    this.#close(piece, frame, this.#options.shownUntil?.() ?? 0);
    this.#said.push(...this.#cutCues(piece, frame));
  }

  #close(piece: Piece, frame: number, shownUntil: number): void {
    piece.endFrame = frame;
    piece.shownUntil = shownUntil;
    piece.range = chunkDateRange({ ...piece.onAir, duration: (frame - piece.startFrame) / this.#options.fps });
  }

  #plan({ id, text, words }: ChunkOnAir, startMs: number, endMs: number): PlannedCue[] {
    if (text.trim() === '') return [];
    if (!words || text.trim().length <= CUE_CHARACTERS) return [{ id, startMs, endMs, text, ...(words && { words }) }];
    const groups = phrases(words);
    const starts = groups.map((group, at) => (at === 0 ? startMs : startMs + (group[0]?.startMs ?? 0)));
    return groups.flatMap((group, at) => {
      const cue = { id: `${id}-${at + 1}`, startMs: starts[at] ?? startMs, endMs: starts[at + 1] ?? endMs };
      return cue.endMs > cue.startMs ? [{ ...cue, text: group.map((word) => word.text).join(''), words: group }] : [];
    });
  }

  /** Cues of a piece up to where it was cut; of the one that was cut, what was said of it. */
  #cutCues(piece: Piece, frame: number): Cue[] {
    const cutMs = this.#ms(frame);
    const origin = this.#ms(piece.startFrame);
    return piece.cues
      .filter((cue) => cue.startMs < cutMs)
      .map(({ words, ...cue }) => {
        if (cue.endMs <= cutMs) return cue;
        const length = words
          ? spokenLength(cue.text, words, cutMs - origin, Number.POSITIVE_INFINITY)
          : spokenLength(cue.text, undefined, cutMs - cue.startMs, cue.endMs - cue.startMs);
        return { ...cue, endMs: cutMs, text: cue.text.slice(0, length) };
      })
      .filter((cue) => cue.text.trim() !== '');
  }

  #between(startFrame: number, endFrame: number): Piece[] {
    return this.#pieces.filter(
      (piece) => piece.startFrame < endFrame && (piece.endFrame ?? Number.POSITIVE_INFINITY) > startFrame,
    );
  }

  #ms(frames: number): number {
    return (frames * 1000) / this.#options.fps;
  }
}

/** Words that are not said yet after `ms`, with times from there on. */
function wordsAfter(words: readonly TimedWord[] | undefined, ms: number): readonly TimedWord[] | undefined {
  const rest = words
    ?.filter((word) => word.endMs > ms + 1)
    .map((word) => ({ ...word, startMs: Math.max(0, word.startMs - ms), endMs: word.endMs - ms }));
  return rest?.length ? rest : undefined;
}

/** A language's name in that language, for people: `English`, `Deutsch`. The tag itself when nobody knows it. */
function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  } catch (error) {
    if (error instanceof RangeError) return tag;
    throw error;
  }
}
