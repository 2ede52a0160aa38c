import { parentPort } from 'node:worker_threads';
import { createFacePainter, type FacePainter } from './face.ts';
import type { FaceJob, FaceOrder, FaceReport } from './face-job.ts';
import { type FacePose, NEUTRAL_POSE } from './face-pose.ts';
import { idlePoses, speechPoses } from './poses.ts';
import { takeTurn } from './turns.ts';

/**
 * Looks at picture sizes whose layers are kept when nobody uses them: some 20 MB each at 512 x 512, twice that at 1080p.
 * Those in use are never dropped: jobs take turns, and each picture would begin with painting all layers.
 */
const MAX_PAINTERS = 4;

type OpenJob = {
  readonly job: FaceJob;
  readonly isBackground: boolean;
  poses?: readonly FacePose[];
  next: number;
  credit: number;
};

const port = parentPort;
if (port === null) throw new Error('face-worker.ts runs as a worker thread only');

const painters = new Map<string, FacePainter>();
/** In the order of their turns: who was drawn goes to the end. */
const open = new Map<number, OpenJob>();
let scheduled = false;

const painterKey = ({ look, width, height }: FaceJob): string => `${look} ${width}x${height}`;

function dropUnused(): void {
  const used = new Set([...open.values()].map(({ job }) => painterKey(job)));
  for (const key of painters.keys()) {
    if (painters.size > MAX_PAINTERS && !used.has(key)) painters.delete(key);
  }
}

function painterFor(job: FaceJob): FacePainter {
  const key = painterKey(job);
  const known = painters.get(key);
  const painter = known ?? createFacePainter(job.width, job.height, job.look);
  // The last used is the last to be dropped.
  painters.delete(key);
  painters.set(key, painter);
  if (painters.size > MAX_PAINTERS) dropUnused();
  return painter;
}

function report(message: FaceReport): void {
  port?.postMessage(message, message.type === 'picture' ? [message.pixels.buffer] : []);
}

function posesOf({ act, fps }: FaceJob): readonly FacePose[] {
  if ('still' in act) return [NEUTRAL_POSE];
  return 'speech' in act ? speechPoses(act.speech, fps, act.joins) : idlePoses(act.idle, fps);
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
    const { job, credit } = order;
    open.set(job.id, { job, isBackground: 'idle' in job.act, next: 0, credit });
  } else if (order.type === 'grant') {
    const entry = open.get(order.id);
    if (entry !== undefined) entry.credit += order.credit;
  } else {
    open.delete(order.id);
  }
  schedule();
});
