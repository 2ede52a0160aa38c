import { parentPort } from 'node:worker_threads';
import { createFacePainter, type FacePainter } from './face.ts';
import type { FaceJob, FaceOrder, FaceReport } from './face-job.ts';
import { type FacePose, NEUTRAL_POSE } from './face-pose.ts';
import { idlePoses, speechPoses } from './poses.ts';
import { takeTurn } from './turns.ts';

/** Looks and picture sizes whose layers are kept, 10 to 20 MB each: sessions share few. */
const MAX_PAINTERS = 6;

type OpenJob = { readonly job: FaceJob; poses?: readonly FacePose[]; next: number; credit: number };

const port = parentPort;
if (port === null) throw new Error('face-worker.ts runs as a worker thread only');

const painters = new Map<string, FacePainter>();
/** In the order of their turns: who was drawn goes to the end. */
const open = new Map<number, OpenJob>();
let scheduled = false;

function painterFor(job: FaceJob): FacePainter {
  const key = `${job.look} ${job.width}x${job.height}`;
  const painter = painters.get(key) ?? createFacePainter(job.width, job.height, job.look);
  painters.delete(key);
  painters.set(key, painter);
  const [oldest] = painters.keys();
  if (painters.size > MAX_PAINTERS && oldest !== undefined) painters.delete(oldest);
  return painter;
}

function report(message: FaceReport): void {
  port?.postMessage(message, message.type === 'picture' ? [message.pixels.buffer] : []);
}

function posesOf({ act, fps }: FaceJob): readonly FacePose[] {
  if ('still' in act) return [NEUTRAL_POSE];
  return 'speech' in act ? speechPoses(act.speech, fps) : idlePoses(act.idle, fps);
}

function drawNext(entry: OpenJob): void {
  const { job } = entry;
  entry.poses ??= posesOf(job);
  const pose = entry.poses[entry.next];
  if (pose !== undefined) report({ type: 'picture', id: job.id, pixels: painterFor(job).draw(pose) });
  entry.next++;
  entry.credit--;
  if (entry.next >= entry.poses.length) open.delete(job.id);
}

/** Draws one picture, then lets orders in before the next. */
function work(): void {
  scheduled = false;
  const entry = takeTurn(open);
  if (entry === undefined) return;
  try {
    drawNext(entry);
  } catch (error) {
    open.delete(entry.job.id);
    report({ type: 'failed', id: entry.job.id, message: error instanceof Error ? error.message : String(error) });
  }
  schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(work);
}

port.on('message', (order: FaceOrder) => {
  if (order.type === 'start') {
    open.set(order.job.id, { job: order.job, next: 0, credit: order.credit });
  } else if (order.type === 'grant') {
    const entry = open.get(order.id);
    if (entry !== undefined) entry.credit += order.credit;
  } else {
    open.delete(order.id);
  }
  schedule();
});
