import type { Locator, Page } from 'playwright';
import type { Sound } from './sound-steps.ts';

/** What the listener hears is recorded at this rate, in Hz, unless the page has another for itself. */
export const CAPTURE_RATE = 48_000;
/** Samples in a message of the recorder: 21 ms. */
const BLOCK = 1024;
const WAIT_MS = 20_000;

type Capture = {
  /** Position of each block in the context's time, in samples; blocks follow each other without holes. */
  readonly blocks: { frame: number; samples: Float32Array }[];
  /** performance.now() of the moment a sample leaves for the loudspeaker, less its time in the context; measured with each block. */
  readonly offsetsMs: number[];
  readonly context: AudioContext;
};
type HeardVideo = HTMLVideoElement & { soundCapture?: Capture };
type Taps = { soundTaps?: AudioNode[] };

/** Runs in the page, and so uses nothing from outside. */
async function install(element: Element, { rate, block }: { rate: number; block: number }): Promise<void> {
  const video = element as HeardVideo;
  const tap = (globalThis as Taps).soundTaps?.[0];
  const context = (tap?.context as AudioContext | undefined) ?? new AudioContext({ sampleRate: rate });
  const recorder = `registerProcessor('recorder', class extends AudioWorkletProcessor {
    #samples = new Float32Array(${block});
    #length = 0;
    process([input]) {
      const quantum = 128;
      if (input[0]) this.#samples.set(input[0], this.#length);
      this.#length += quantum;
      if (this.#length === ${block}) {
        this.port.postMessage({ frame: currentFrame + quantum - ${block}, samples: this.#samples });
        this.#samples = new Float32Array(${block});
        this.#length = 0;
      }
      return true;
    }
  });`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([recorder], { type: 'text/javascript' })));
  const node = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
  const capture: Capture = { blocks: [], offsetsMs: [], context };
  node.port.onmessage = ({ data }: MessageEvent<{ frame: number; samples: Float32Array }>) => {
    capture.blocks.push(data);
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
    capture.offsetsMs.push(performanceTime - contextTime * 1000);
  };
  if (tap === undefined) {
    // From here on the element sounds through the context alone, with its volume and muting.
    const source = context.createMediaElementSource(video);
    source.connect(node);
    source.connect(context.destination);
    await context.resume();
  } else {
    tap.connect(node);
  }
  video.soundCapture = capture;
}

/** Before the page loads: remembers what the page itself gives to the loudspeaker, so that it can be recorded there. */
export async function watchTaps(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const taps: AudioNode[] = [];
    Object.assign(globalThis, { soundTaps: taps });
    const { connect } = AudioNode.prototype;
    AudioNode.prototype.connect = function (this: AudioNode, ...to: [never]) {
      if ((to[0] as unknown) instanceof AudioDestinationNode) taps.push(this);
      return connect.apply(this, to);
    } as typeof connect;
  });
}

/** Waits until the page sounds through Web Audio of its own. */
export async function waitForTap(page: Page): Promise<void> {
  await page.waitForFunction(() => ((globalThis as Taps).soundTaps?.length ?? 0) > 0, undefined, { timeout: WAIT_MS });
}

/** Begins to record what a media element gives to its listener, `volume` and `muted` included. The page's CSP is in the way: bypass it. */
export async function startCapture(video: Locator): Promise<void> {
  await video.evaluate(install, { rate: CAPTURE_RATE, block: BLOCK });
}

/** Waits until the listener hears something (20 ms of it). */
export async function waitForSound(video: Locator): Promise<void> {
  await waitForBlocks(video, true);
}

/** Waits until the listener hears nothing (40 ms of it). */
export async function waitForSilence(video: Locator): Promise<void> {
  await waitForBlocks(video, false);
}

async function waitForBlocks(video: Locator, loud: boolean): Promise<void> {
  await video.page().waitForFunction(
    ({ element, loud }) => {
      const last = (element as HeardVideo | null)?.soundCapture?.blocks.slice(loud ? -1 : -2) ?? [];
      const isLoud = (samples: Float32Array): boolean => samples.some((sample) => Math.abs(sample) > 0.01);
      return last.length > 0 && last.every(({ samples }) => isLoud(samples) === loud);
    },
    { element: await video.elementHandle(), loud },
    { polling: 20, timeout: WAIT_MS },
  );
}

/** All that was heard so far. Its time is the page's performance.now(). */
export async function capturedSound(video: Locator): Promise<Sound> {
  const { base64, startMs, rate } = await video.evaluate(async (element) => {
    const { soundCapture } = element as HeardVideo;
    if (soundCapture === undefined) throw new Error('startCapture() first');
    const { blocks, offsetsMs, context } = soundCapture;
    const coded = blocks.map(({ samples }) => Int16Array.from(samples, (value) => Math.round(value * 32_767)));
    const url = await new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.readAsDataURL(new Blob(coded));
    });
    // The two clocks are read one after the other: now and then that takes a while.
    const offsetMs = offsetsMs.toSorted((a, b) => a - b)[offsetsMs.length >> 1] ?? 0;
    return {
      rate: context.sampleRate,
      base64: url.slice(url.indexOf(',') + 1),
      startMs: offsetMs + ((blocks[0]?.frame ?? 0) / context.sampleRate) * 1000,
    };
  });
  const bytes = Buffer.from(base64, 'base64');
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { samples, rate, startMs };
}
