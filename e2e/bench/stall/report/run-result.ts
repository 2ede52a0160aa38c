import { evidenceOf } from '../analyse/evidence.ts';
import { analyseRun } from '../analyse/run-figures.ts';
import type { RunRecord } from '../run/play.ts';
import type { SentenceClip } from '../script/clips.ts';
import type { Schedule } from '../script/schedule.ts';
import type { BufferPoint, RunResult } from './results.ts';

const TROUBLE_EVENTS = new Set(['waiting', 'stalled', 'seeking', 'error']);
const MEDIA = /\.(mp4|m4s)($|\?)/;

/** What is kept of a run. */
export function runResult(
  record: RunRecord,
  { schedule, clips, otherCores }: { schedule: Schedule; clips: readonly SentenceClip[]; otherCores: number },
): RunResult {
  const { player, link, seed, startMs, probe, relay } = record;
  const analysed = analyseRun(record, schedule, clips);
  const timeouts = relay.troubles.filter(({ kind }) => kind !== 'fast-retransmit').length;
  const media = probe.requests.filter(({ url }) => MEDIA.test(url));
  return {
    ...{ player, link, seed, ...analysed, evidence: evidenceOf(record, analysed.sentences) },
    buffer: bufferOf(record),
    events: probe.events
      .filter(({ type, atMs }) => TROUBLE_EVENTS.has(type) && atMs > startMs)
      .map(({ atMs, type }) => ({ atMs: Math.round(atMs - startMs), type })),
    droppedFrames: probe.droppedFrames,
    network: {
      ...{ down: relay.down, up: relay.up, connections: relay.connections, latestMs: relay.latestMs },
      ...{ fastRetransmits: relay.troubles.length - timeouts, timeouts },
      ...{ mediaBytes: media.reduce((sum, { bytes }) => sum + bytes, 0), requests: probe.requests.length },
    },
    visitSeconds: ((probe.samples.at(-1)?.atMs ?? probe.navigationMs) - probe.navigationMs) / 1000,
    otherCores,
  };
}

/** Of the element in front. */
function bufferOf({ probe, startMs }: RunRecord): BufferPoint[] {
  return probe.samples.flatMap(({ element, atMs, aheadSeconds }) => {
    const front = probe.fronts.findLast((change) => change.atMs <= atMs)?.element;
    const point: BufferPoint = [Math.round(atMs - startMs), Math.round(aheadSeconds * 100) / 100];
    return element === front ? [point] : [];
  });
}
