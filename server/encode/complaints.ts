/** Kept of what ffmpeg complained about: the first is the cause, the others are mostly its consequences. */
const MAX_KEPT = 3;
const MAX_LINE = 400;
/** What encodes and writes, in front of a complaint: its failure is ours, everything else comes of the file. */
const OURS = /\[(?:libx264|h264_nvenc|mp4|mov) @ |Error initializing filter/;
/** `[h264 @ 0x55d] [error] text`, or without a source. */
const TAGGED = /^(?:\[([^\]@]+)(?: @ [^\]]*)?\] )?\[(warning|error|fatal|panic)\] (.*)$/;
const OUT_OF_MEMORY = /Cannot allocate memory/;
const RESIZED = /Changing video frame properties on the fly/;
/** Said in passing, of files that play well. */
const HARMLESS = /^(?:Packet corrupt|Could not find ref with POC)/;

/** Reads what an ffmpeg that runs with `-loglevel level+warning` says on stderr; keeps the first complaints and counts the others. */
export class Complaints {
  #rest = '';
  readonly #kept: string[] = [];
  #errors = 0;
  #isOurs = false;
  #isOutOfMemory = false;
  #hasResized = false;

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-MAX_LINE);
    for (const line of lines) this.#read(line);
  }

  /** Complaints about what was decoded. */
  get errors(): number {
    return this.#errors;
  }

  /** The encoder or the writer of its output failed, not the file. */
  get isOurs(): boolean {
    return this.#isOurs;
  }

  get isOutOfMemory(): boolean {
    return this.#isOutOfMemory;
  }

  /** Pictures changed their size or pixel format on the way. */
  get hasResized(): boolean {
    return this.#hasResized;
  }

  /** The first complaints as a sentence; `''` for none. */
  get text(): string {
    return this.#kept.join('; ');
  }

  #read(line: string): void {
    const tagged = TAGGED.exec(line);
    if (!tagged) return;
    const [, source, level, text = ''] = tagged;
    if (RESIZED.test(text)) this.#hasResized = true;
    if (level === 'warning') return;
    if (OUT_OF_MEMORY.test(text)) this.#isOutOfMemory = true;
    if (OURS.test(line)) this.#isOurs = true;
    if (HARMLESS.test(text)) return;
    this.#errors += 1;
    const told = `${source ? `${source.trim()}: ` : ''}${text.trim()}`.slice(0, MAX_LINE);
    if (this.#kept.length < MAX_KEPT && !this.#kept.includes(told)) this.#kept.push(told);
  }
}
