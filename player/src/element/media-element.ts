/** Where there is no DOM (server-side rendering), the module loads all the same and defines nothing. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** Events of media elements that are told again on the component: they do not bubble. */
const MEDIA_EVENTS = [
  'abort',
  'canplay',
  'canplaythrough',
  'durationchange',
  'emptied',
  'ended',
  'enterpictureinpicture',
  'error',
  'leavepictureinpicture',
  'loadeddata',
  'loadedmetadata',
  'loadstart',
  'pause',
  'play',
  'playing',
  'progress',
  'ratechange',
  'resize',
  'seeked',
  'seeking',
  'stalled',
  'suspend',
  'timeupdate',
  'volumechange',
  'waiting',
] as const;

export function forwardMediaEvents(video: HTMLVideoElement, to: EventTarget): void {
  for (const type of MEDIA_EVENTS) {
    video.addEventListener(type, () => to.dispatchEvent(new Event(type)));
  }
}

/** The part of HTMLVideoElement that scripts of a page use, handed on to the one inside. */
export abstract class MediaElement extends Base {
  /** The media element inside: for what has no property here. */
  abstract readonly media: HTMLVideoElement;

  get paused(): boolean {
    return this.media.paused;
  }

  get ended(): boolean {
    return this.media.ended;
  }

  get seeking(): boolean {
    return this.media.seeking;
  }

  get readyState(): number {
    return this.media.readyState;
  }

  get error(): MediaError | null {
    return this.media.error;
  }

  /** In seconds; infinite while the stream is live. */
  get duration(): number {
    return this.media.duration;
  }

  get currentTime(): number {
    return this.media.currentTime;
  }

  set currentTime(seconds: number) {
    this.media.currentTime = seconds;
  }

  get buffered(): TimeRanges {
    return this.media.buffered;
  }

  get seekable(): TimeRanges {
    return this.media.seekable;
  }

  get played(): TimeRanges {
    return this.media.played;
  }

  get volume(): number {
    return this.media.volume;
  }

  set volume(volume: number) {
    this.media.volume = volume;
  }

  get playbackRate(): number {
    return this.media.playbackRate;
  }

  get videoWidth(): number {
    return this.media.videoWidth;
  }

  get videoHeight(): number {
    return this.media.videoHeight;
  }

  get textTracks(): TextTrackList {
    return this.media.textTracks;
  }

  play(): Promise<void> {
    return this.media.play();
  }

  pause(): void {
    this.media.pause();
  }

  requestPictureInPicture(): Promise<PictureInPictureWindow> {
    return this.media.requestPictureInPicture();
  }
}
