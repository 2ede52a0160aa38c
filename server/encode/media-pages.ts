import type { Sample } from '../isobmff/types.ts';
import { type PackedPage, packPage, type SavedPage, unpackPage } from './saved-page.ts';

/** In the place of a frame that is not in memory. */
const AWAY: Sample = { data: new Uint8Array(), durationTicks: 0, isSync: false, compositionOffsetTicks: 0 };

/** How far ahead of what is read pages stay in memory, in pages: of media on air, also where memory is full, and of what waits. */
const NEAR = { read: 10, tight: 3, waiting: 2 };

type Page = {
  /** `gone`: it was read, and is not needed any more. */
  state: 'here' | 'leaving' | 'away' | 'coming' | 'gone';
  /** What it takes in memory. */
  bytes: number;
  saved?: SavedPage;
};

export type MediaPagesOptions = {
  readonly fps: number;
  readonly audioRate: number;
  readonly renditions: number;
  /** Length of the sound. */
  readonly samples: number;
  /** Shown again and again until there are so many `frames`: they belong to somebody else, and cost nothing here. */
  readonly shared?: { readonly video: readonly (readonly Sample[])[]; readonly frames: number } | undefined;
};

/**
 * Coded frames and PCM of one chunk, in pages of a second. Pages that were read are forgotten, and those that are not near may be kept
 * elsewhere (`MediaMemory`). Silence takes no memory.
 */
export class MediaPages {
  /** Per rendition, the coded frames; those that are not in memory must not be read (`isHere`). */
  readonly video: Sample[][];
  /** Length of the sound, in samples. */
  readonly samples: number;
  /** Memory that it takes. */
  bytes = 0;
  /** Told how its memory changes. */
  onBytes: (change: number) => void = () => undefined;
  /** A page came back, or will never. */
  onBack: (error?: unknown) => void = () => undefined;
  readonly #options: MediaPagesOptions;
  /** A second each; `undefined`: silence, or not in memory. */
  readonly #sound: (Int16Array | undefined)[] = [];
  readonly #pages: Page[] = [];
  /** Pages that stay, whatever happens. */
  #pinned: { readonly from: number; readonly to: number } | undefined;
  /** Pages before this one are whole. */
  #whole = 0;
  #isRead = false;
  /** Of the frame that is read next. */
  #current = 0;

  constructor(options: MediaPagesOptions) {
    this.#options = options;
    this.samples = options.samples;
    const { shared } = options;
    this.video = Array.from({ length: options.renditions }, (_, at) =>
      shared ? repeated(shared.video[at] ?? [], shared.frames) : [],
    );
  }

  /** All pages that stay in memory are whole. */
  hasEnough(isTight: boolean): boolean {
    return this.#whole - this.#current > this.#near(isTight);
  }

  #near(isTight: boolean): number {
    if (!this.#isRead) return NEAR.waiting;
    return isTight ? NEAR.tight : NEAR.read;
  }

  addFrame(rendition: number, sample: Sample): void {
    const frames = this.video[rendition];
    if (!frames) throw new RangeError(`no rendition ${rendition}`);
    this.#grow(this.#page(this.#pageOf(frames.length)), sample.data.byteLength);
    frames.push(sample);
  }

  /** @param at - Where it belongs, in samples; it fits in. */
  addSound(at: number, pcm: Int16Array): void {
    const { audioRate } = this.#options;
    for (let from = 0; from < pcm.length; ) {
      const index = Math.floor((at + from) / audioRate);
      const start = at + from - index * audioRate;
      const piece = pcm.subarray(from, from + audioRate - start);
      this.#block(index, piece)?.set(piece, start);
      from += piece.length;
    }
  }

  /** Notes how far frames and sound are known. @param isAll - The encoder is done. */
  came(samplesReady: number, isAll: boolean): void {
    const { audioRate, fps } = this.#options;
    const seconds = [samplesReady / audioRate, ...this.video.map((samples) => samples.length / fps)];
    this.#whole = isAll ? Math.ceil(Math.max(...seconds)) : Math.floor(Math.min(...seconds));
  }

  /** Sound from one sample to another; what is not known is silence. All of it must be in memory (`soundHere`). */
  sound(from = 0, to = this.samples): Int16Array {
    const { audioRate } = this.#options;
    const pcm = new Int16Array(Math.max(0, to - from));
    for (let at = from; at < to; ) {
      const index = Math.floor(at / audioRate);
      const start = at - index * audioRate;
      const length = Math.min(to - at, audioRate - start);
      const block = this.#sound[index];
      if (block) pcm.set(block.subarray(start, start + length), at - from);
      at += length;
    }
    return pcm;
  }

  /** Up to which sample sound is in memory, from one on, without a gap, and no further than what is near. */
  soundHere(from: number): number {
    const { audioRate } = this.#options;
    let index = Math.floor(from / audioRate);
    while (index < this.#current + NEAR.read && this.#isPageHere(index)) index += 1;
    return Math.max(from, index * audioRate);
  }

  isHere(frame: number, count: number): boolean {
    for (let at = this.#pageOf(frame); at <= this.#pageOf(frame + count - 1); at++)
      if (!this.#isPageHere(at)) return false;
    return true;
  }

  /** What follows is on air, or about to be: all before it is forgotten, but for a second in which a fade may begin. */
  read(frame: number): void {
    this.#isRead = true;
    const current = this.#pageOf(frame);
    for (; this.#current < current; this.#current++) this.#forget(this.#current - 1);
  }

  /** These frames stay in memory until `unpin`, or until others are to stay. */
  pin(frame: number, count: number): void {
    this.#pinned = { from: this.#pageOf(frame), to: this.#pageOf(frame + count) };
  }

  unpin(): void {
    const { from, to } = this.#pinned ?? { from: 0, to: -1 };
    this.#pinned = undefined;
    for (let page = from; page <= to && page < this.#current - 1; page++) this.#forget(page);
  }

  /** Forgets all that came; what is shared stays. */
  reset(): void {
    this.#pages.length = 0;
    this.#sound.length = 0;
    if (!this.#options.shared) for (const frames of this.video) frames.length = 0;
    this.#whole = 0;
    this.#change(-this.bytes);
  }

  /** Forgets frames at the end. */
  truncate(rendition: number, frames: number): void {
    const samples = this.video[rendition] ?? [];
    for (let at = frames; at < samples.length && !this.#options.shared; at++)
      this.#grow(this.#page(this.#pageOf(at)), -(samples[at]?.data.byteLength ?? 0));
    samples.length = frames;
  }

  /** The page that can be missed the longest, and for how long, in seconds; `undefined`: none. */
  farthest(isTight: boolean): { readonly page: number; readonly seconds: number } | undefined {
    for (let page = this.#whole - 1; page >= this.#current + this.#near(isTight); page--) {
      const { state, bytes } = this.#page(page);
      if (state === 'here' && bytes > 0 && !this.#isPinned(page)) return { page, seconds: page - this.#current };
    }
    return undefined;
  }

  /** The first page that is near and not in memory. */
  missing(isTight: boolean): number | undefined {
    const end = this.#current + this.#near(isTight);
    for (let page = this.#current; page < end && page < this.#pages.length; page++)
      if (this.#pages[page]?.state === 'away') return page;
    return undefined;
  }

  /** Begins to move a page out. */
  leave(index: number): PackedPage {
    const { fps } = this.#options;
    this.#page(index).state = 'leaving';
    const from = index * fps;
    const own = this.#options.shared ? [] : this.video;
    return packPage(
      own.map((samples) => samples.slice(from, from + fps)),
      this.#sound[index],
    );
  }

  /** The page is on disk, or could not be written: then it stays. */
  left(index: number, saved: SavedPage | undefined): void {
    const page = this.#pages[index];
    if (page?.state !== 'leaving') return;
    page.state = 'here';
    // On a slow disk it may be needed by now.
    if (!saved || this.#isPinned(index) || index < this.#current + this.#near(true)) return;
    page.saved = saved;
    this.#drop(index, 'away');
  }

  /** Begins to move a page back in. */
  fetch(index: number): SavedPage | undefined {
    const page = this.#page(index);
    page.state = 'coming';
    return page.saved;
  }

  /** @param bytes - What was written of it. */
  back(index: number, bytes: Uint8Array): void {
    const page = this.#pages[index];
    if (page?.state !== 'coming' || !page.saved) return;
    const { video, sound } = unpackPage(page.saved, bytes);
    const from = index * this.#options.fps;
    for (const [rendition, samples] of video.entries()) {
      const kept = samples.slice(0, Math.max(0, (this.video[rendition]?.length ?? 0) - from));
      this.video[rendition]?.splice(from, kept.length, ...kept);
    }
    this.#sound[index] = sound;
    page.state = 'here';
    this.#grow(page, page.saved.bytes);
  }

  #pageOf(frame: number): number {
    return Math.floor(frame / this.#options.fps);
  }

  #page(index: number): Page {
    while (this.#pages.length <= index) this.#pages.push({ state: 'here', bytes: 0 });
    return this.#pages[index] as Page;
  }

  #isPinned(page: number): boolean {
    return this.#pinned !== undefined && page >= this.#pinned.from && page <= this.#pinned.to;
  }

  #isPageHere(index: number): boolean {
    const state = this.#pages[index]?.state ?? 'here';
    return state === 'here' || state === 'leaving';
  }

  /** The second that a piece of sound belongs to; `undefined` for silence in silence. */
  #block(index: number, piece: Int16Array): Int16Array | undefined {
    const page = this.#page(index);
    const known = this.#sound[index];
    if (known || page.state === 'gone' || piece.every((sample) => sample === 0)) return known;
    const block = new Int16Array(this.#options.audioRate);
    this.#sound[index] = block;
    this.#grow(page, block.byteLength);
    return block;
  }

  #forget(index: number): void {
    if (index >= 0 && !this.#isPinned(index)) this.#drop(index, 'gone');
  }

  #drop(index: number, state: 'away' | 'gone'): void {
    const page = this.#page(index);
    const { fps, shared } = this.#options;
    this.#sound[index] = undefined;
    if (!shared)
      for (const samples of this.video) samples.fill(AWAY, index * fps, Math.min(samples.length, (index + 1) * fps));
    this.#grow(page, -page.bytes);
    page.state = state;
  }

  #grow(page: Page, bytes: number): void {
    page.bytes += bytes;
    this.#change(bytes);
  }

  #change(bytes: number): void {
    if (bytes === 0) return;
    this.bytes += bytes;
    this.onBytes(bytes);
  }
}

function repeated(samples: readonly Sample[], length: number): Sample[] {
  return samples.length === 0 ? [] : Array.from({ length }, (_, index) => samples[index % samples.length] as Sample);
}
