import type { Speech } from '../voice/speech.ts';
import type { Joins } from './join-pose.ts';

/** What the face does: speak, listen for some seconds, or hold still for one picture. */
export type FaceAct =
  | { readonly speech: Speech; readonly joins?: Joins }
  | { readonly idle: number }
  | { readonly still: true };

/** One job of the face worker: a series of pictures. */
export type FaceJob = {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Name of one of `LOOKS`. */
  readonly look: string;
  readonly act: FaceAct;
};

/** To the worker. `grant` allows that many more pictures of a job; `stop` forgets it. */
export type FaceOrder =
  | { readonly type: 'start'; readonly job: FaceJob; readonly credit: number }
  | { readonly type: 'grant'; readonly id: number; readonly credit: number }
  | { readonly type: 'stop'; readonly id: number };

/** From the worker: pictures of a job in order, or why there are none. */
export type FaceReport =
  | { readonly type: 'picture'; readonly id: number; readonly pixels: Uint8Array<ArrayBuffer> }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
