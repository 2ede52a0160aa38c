import { wallMsAt } from './clock.ts';
import type { SoundRecord } from './types.ts';

const RATE = 48_000;
/** Samples in a message of the recorder: 85 ms. */
const BLOCK = 4_096;
/** 25 minutes. */
const MAX_BLOCKS = Math.ceil((25 * 60 * RATE) / BLOCK);

const RECORDER = `registerProcessor('stall-recorder', class extends AudioWorkletProcessor {
  #samples = new Int16Array(${BLOCK});
  #length = 0;
  process([input]) {
    const heard = input[0];
    for (let index = 0; index < 128; index++)
      this.#samples[this.#length++] = heard ? Math.max(-32768, Math.min(32767, Math.round(heard[index] * 32767))) : 0;
    if (this.#length === ${BLOCK}) {
      this.port.postMessage({ frame: currentFrame + 128 - ${BLOCK}, samples: this.#samples });
      this.#samples = new Int16Array(${BLOCK});
      this.#length = 0;
    }
    return true;
  }
});`;

type Block = { readonly frame: number; readonly samples: Int16Array<ArrayBuffer> };

/** Records what the elements give to the loudspeaker, from the moment each begins to play. */
export class SoundRecorder {
  readonly #blocks: Block[] = [];
  readonly #offsetsMs: number[] = [];
  readonly #pageTaps: AudioNode[] = [];
  readonly #pageSources = new WeakSet<HTMLMediaElement>();
  #context: AudioContext | undefined;
  #recorder: Promise<AudioWorkletNode> | undefined;

  constructor() {
    this.#watchPage();
  }

  follow(video: HTMLVideoElement): void {
    video.addEventListener('playing', () => void this.#tap(video), { once: true });
  }

  async record(): Promise<SoundRecord | undefined> {
    const [first] = this.#blocks;
    if (first === undefined || this.#context === undefined) return undefined;
    const url = await new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.readAsDataURL(new Blob(this.#blocks.map(({ samples }) => samples)));
    });
    // The two clocks are read one after the other: now and then that takes a while.
    const offsetMs = this.#offsetsMs.toSorted((a, b) => a - b)[this.#offsetsMs.length >> 1] ?? 0;
    const { sampleRate: rate } = this.#context;
    const startMs = wallMsAt(offsetMs + (first.frame / rate) * 1000);
    return { rate, startMs, base64: url.slice(url.indexOf(',') + 1) };
  }

  /** A page that sounds through Web Audio of its own is recorded where that meets the loudspeaker. */
  #watchPage(): void {
    const taps = this.#pageTaps;
    const sources = this.#pageSources;
    const { connect } = AudioNode.prototype;
    AudioNode.prototype.connect = function (this: AudioNode, ...to: [never]) {
      if ((to[0] as unknown) instanceof AudioDestinationNode) taps.push(this);
      return connect.apply(this, to);
    } as typeof connect;
    const { createMediaElementSource } = AudioContext.prototype;
    AudioContext.prototype.createMediaElementSource = function (this: AudioContext, element: HTMLMediaElement) {
      sources.add(element);
      return createMediaElementSource.call(this, element);
    };
  }

  async #tap(video: HTMLVideoElement): Promise<void> {
    const [pageTap] = this.#pageSources.has(video) ? this.#pageTaps : [];
    this.#context ??= (pageTap?.context as AudioContext | undefined) ?? new AudioContext({ sampleRate: RATE });
    const context = this.#context;
    this.#recorder ??= this.#startRecorder(context);
    const recorder = await this.#recorder;
    if (pageTap !== undefined) {
      pageTap.connect(recorder);
      return;
    }
    // From here on the element sounds through the context alone, with its volume and muting.
    const source = context.createMediaElementSource(video);
    source.connect(recorder);
    source.connect(context.destination);
    await context.resume();
  }

  async #startRecorder(context: AudioContext): Promise<AudioWorkletNode> {
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([RECORDER], { type: 'text/javascript' })));
    const node = new AudioWorkletNode(context, 'stall-recorder', { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }: MessageEvent<Block>) => {
      if (this.#blocks.length >= MAX_BLOCKS) return;
      this.#blocks.push(data);
      const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
      this.#offsetsMs.push(performanceTime - contextTime * 1000);
    };
    return node;
  }
}
