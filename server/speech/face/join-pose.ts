import { smoothstep } from './curves.ts';
import { seededRandom } from './random.ts';

/** Parts of a pose that are in motion when one clip goes over into the next. */
export type Moving = 'sway' | 'turn' | 'nod' | 'breath';

/** Where a part is at a join, and how fast it moves, per second. */
type Course = { readonly place: number; readonly speed: number };

/** The face at the moment when one clip ends and the next begins. */
export type JoinPose = Readonly<Record<Moving, Course>>;

/** Seeds of the poses at which a clip begins and ends: the seed of an end is that of the next beginning. */
export type Joins = { readonly from: number; readonly to: number };

/** So near to neutral that a cut to the idle face is no jump, in design pixels; and as fast as a head moves in speech. */
const BOUNDS: Readonly<Record<Moving, Course>> = {
  sway: { place: 0.35, speed: 6.5 },
  turn: { place: 0.6, speed: 6 },
  nod: { place: 0.35, speed: 3 },
  breath: { place: 0.4, speed: 0.8 },
};
/** Over this many seconds a clip leaves the course of its join, and takes up that of the next. */
const RAMP = 0.5;

const STILL: Course = { place: 0, speed: 0 };
/** A clip that stands alone begins and ends at rest. */
export const RESTING: JoinPose = { sway: STILL, turn: STILL, nod: STILL, breath: STILL };

/** The same for the same seed. */
export function joinPose(seed: number): JoinPose {
  const random = seededRandom(seed);
  const course = ({ place, speed }: Course): Course => ({
    place: (random() * 2 - 1) * place,
    // Never slow: a head that stands still for a moment is what one sees.
    speed: (random() < 0.5 ? -1 : 1) * (0.6 + 0.4 * random()) * speed,
  });
  return {
    sway: course(BOUNDS.sway),
    turn: course(BOUNDS.turn),
    nod: course(BOUNDS.nod),
    breath: course(BOUNDS.breath),
  };
}

/**
 * A curve of `frames` pictures that begins and ends on the courses of its joins, with their places and speeds, and is `free` between.
 */
export function joined(
  part: Moving,
  free: (at: number) => number,
  { frames, fps, from, to }: { frames: number; fps: number; from: JoinPose; to: JoinPose },
): Float64Array {
  const seconds = frames / fps;
  const ramp = Math.min(RAMP, seconds / 2);
  return Float64Array.from({ length: frames }, (_, at) => {
    const time = at / fps;
    const left = smoothstep(0, ramp, time);
    const arriving = smoothstep(seconds - ramp, seconds, time);
    const begun = from[part].place + from[part].speed * time;
    const ending = to[part].place + to[part].speed * (time - seconds);
    const between = begun + (free(at) - begun) * left;
    return between + (ending - between) * arriving;
  });
}
