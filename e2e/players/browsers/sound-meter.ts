import type { SoundMeter, SoundProbe } from './page-report.ts';

/**
 * Measures the loudest sample of each 10 ms that comes out of a video element. `web-audio` taps the element; where there is no sound
 * device, Firefox does not run an AudioContext: there a `recorder` records the element's stream, and decodes it at the end.
 * Runs in the page and so uses nothing from outside.
 */
export function soundMeter(probe: SoundProbe): SoundMeter {
  const blockSeconds = 0.01;
  const none: SoundMeter = {
    connect: async () => undefined,
    begin: () => undefined,
    finish: async () => null,
  };

  const webAudio = (): SoundMeter => {
    // It sends ten blocks at a time.
    const processor = `registerProcessor('peak-meter', class extends AudioWorkletProcessor {
      peaks = []; peak = 0; samples = 0;
      process([channels]) {
        for (const channel of channels) for (const sample of channel) this.peak = Math.max(this.peak, Math.abs(sample));
        this.samples += 128;
        if (this.samples >= sampleRate * ${blockSeconds}) {
          this.samples -= sampleRate * ${blockSeconds};
          this.peaks.push(this.peak);
          this.peak = 0;
        }
        if (this.peaks.length >= 10) this.port.postMessage(this.peaks.splice(0));
        return true;
      }
    })`;
    // An hour of blocks.
    const maxPeaks = 360_000;
    const context = new AudioContext();
    let peaks: number[] = [];
    let isConnected = false;
    return {
      async connect(video) {
        const url = URL.createObjectURL(new Blob([processor], { type: 'text/javascript' }));
        await context.audioWorklet.addModule(url);
        URL.revokeObjectURL(url);
        await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 2000))]);
        // A context that does not run would hold the player up, which waits for its sound to be taken.
        if (context.state !== 'running') return;
        const meter = new AudioWorkletNode(context, 'peak-meter');
        meter.port.onmessage = ({ data }: MessageEvent<number[]>) => {
          if (peaks.length < maxPeaks) peaks.push(...data);
        };
        context.createMediaElementSource(video).connect(meter).connect(context.destination);
        isConnected = true;
      },
      begin() {
        peaks = [];
      },
      async finish() {
        const heard = peaks;
        await context.close();
        return isConnected ? heard : null;
      },
    };
  };

  const recorder = (): SoundMeter => {
    let recording: MediaRecorder | undefined;
    const pieces: Blob[] = [];
    return {
      ...none,
      begin(video) {
        const capture = (video as HTMLVideoElement & { mozCaptureStream(): MediaStream }).mozCaptureStream();
        recording = new MediaRecorder(new MediaStream(capture.getAudioTracks()));
        recording.ondataavailable = ({ data }) => void pieces.push(data);
        recording.start(1000);
      },
      async finish() {
        const ending = recording;
        if (ending === undefined) return null;
        if (ending.state !== 'inactive') {
          const stopped = new Promise((resolve) => ending.addEventListener('stop', resolve));
          ending.stop();
          await stopped;
        }
        const audioRate = 48_000;
        const context = new OfflineAudioContext(1, 1, audioRate);
        const pcm = (await context.decodeAudioData(await new Blob(pieces).arrayBuffer())).getChannelData(0);
        const peaks: number[] = [];
        for (const [index, sample] of pcm.entries()) {
          const block = Math.floor(index / (audioRate * blockSeconds));
          peaks[block] = Math.max(peaks[block] ?? 0, Math.abs(sample));
        }
        return peaks;
      },
    };
  };

  if (probe === 'none') return none;
  return probe === 'recorder' ? recorder() : webAudio();
}
