import type { FillerClip } from '../encode/types.ts';
import { sampleAt } from '../timeline/axis.ts';
import type { Part, Segment, Timeline } from '../timeline/timeline.ts';
import type { Chunk } from './chunk.ts';
import type { Clock } from './clock.ts';
import type { FillerChoice } from './filler-choice.ts';
import type { FateRecord } from './journal/records.ts';
import type { Journal } from './journal/session-journal.ts';
import type { SessionOutput } from './output.ts';
import type { SoundLane } from './sound-lane.ts';

export type StreamRecordsOptions = {
  readonly journal: Journal;
  readonly timeline: Timeline;
  readonly lane: SoundLane;
  readonly choice: FillerChoice;
  readonly clock: Clock;
  output(): SessionOutput;
  /** Wall clock, in ms since the epoch, at which a frame is presented. */
  presentationMs(frame: number): number;
};

/** Tells the journal what happens on the timeline. */
export class StreamRecords {
  readonly #options: StreamRecordsOptions;

  constructor(options: StreamRecordsOptions) {
    this.#options = options;
  }

  fillerStarted(clip: FillerClip, init: number): void {
    const { journal, timeline, lane, choice } = this.#options;
    const at = { frame: timeline.endFrame, init, ...this.#times() };
    journal.filler(clip, choice.isOwn(clip), at, lane.tail(lane.end));
  }

  /** A part that filler and the clock do not tell. */
  published(segment: Segment, part: Part, final: boolean): void {
    const { journal, timeline, lane, output } = this.#options;
    const tail = lane.tail(sampleAt(timeline.axis, timeline.endFrame));
    if (segment.derived) {
      journal.part({ segment, part, final, tail });
      return;
    }
    // Those in front of it could be made again, until this one came.
    for (const each of segment.parts) {
      const bodies = each.sizes ? undefined : output().partBodies(each);
      if (bodies) journal.part({ segment, part: each, bodies, final: final && each === part, tail });
    }
  }

  /** @param played - Frames, and `sample` samples, of the chunk that were out before. */
  aired(chunk: Chunk, at: { readonly played: number; readonly sample: number; readonly init: number }): void {
    const { journal, timeline } = this.#options;
    const { heard, rendered } = chunk;
    journal.record({
      ...{ t: 'air', chunk: chunk.id, frame: timeline.endFrame },
      ...{ played: at.played + (heard?.frames ?? 0), sample: at.sample + (heard?.samples ?? 0) },
      ...{ frames: chunk.frames + (heard?.frames ?? 0), init: at.init, ...this.#times() },
      ...(rendered?.words && !heard && { words: rendered.words }),
    });
  }

  leftAir(chunk: Chunk): void {
    const { journal, output } = this.#options;
    journal.record({ t: 'off', chunk: chunk.id, shown: output().shownUntil });
  }

  fate(chunk: Chunk, fate: FateRecord['fate'], said?: string): void {
    const { journal, output } = this.#options;
    const shown = output().shownUntil;
    journal.record({ t: 'fate', chunk: chunk.id, fate, shown, ...(said !== undefined && { said }) });
  }

  #times(): { anchorMs: number; atMs: number } {
    return { anchorMs: this.#options.presentationMs(0), atMs: this.#options.clock.now() };
  }
}
