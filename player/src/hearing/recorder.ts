/** What a browser records, best first; servers read all of them. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

export type Recording = {
  /** Ends it; the microphone is let go. */
  finish(): Promise<Blob>;
  cancel(): void;
};

/** Records the microphone. @throws {DOMException} `NotAllowedError`, `NotFoundError` and the others of getUserMedia. */
export async function record(): Promise<Recording> {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
  const pieces: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
  const stopped = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }));
  const release = (): void => {
    if (recorder.state !== 'inactive') {
      recorder.stop();
    }
    for (const track of stream.getTracks()) {
      track.stop();
    }
  };
  recorder.start();
  return {
    async finish() {
      release();
      await stopped;
      return new Blob(pieces, { type: recorder.mimeType });
    },
    cancel: release,
  };
}
