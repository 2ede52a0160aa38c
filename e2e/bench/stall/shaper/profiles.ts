/** One direction of a link. */
export type DirectionProfile = {
  readonly bitsPerSecond: number;
  /** Drop-tail queue in front of the bottleneck, in bytes. */
  readonly queueBytes: number;
  /** One way, without queueing. */
  readonly delayMs: number;
  /** The delay wanders by so much to either side. */
  readonly jitterMs: number;
  /** Share of packets that are lost behind the bottleneck. */
  readonly lossRate: number;
};

export type LinkProfile = {
  readonly name: string;
  readonly title: string;
  readonly down: DirectionProfile;
  readonly up: DirectionProfile;
  /** Other requests of the page keep five of Chromium's six connections busy by turns. */
  readonly busyConnections?: boolean;
};

type Plan = {
  readonly downMbit: number;
  readonly upMbit: number;
  readonly rttMs: number;
  readonly jitterMs: number;
  readonly lossRate: number;
  /** How long a full queue takes to drain. */
  readonly queueMs: number;
};

/** Delay and jitter are the same both ways; `jitterMs` is of the one-way delay. */
function directions({ downMbit, upMbit, rttMs, jitterMs, lossRate, queueMs }: Plan): Pick<LinkProfile, 'down' | 'up'> {
  const direction = (megabits: number): DirectionProfile => ({
    bitsPerSecond: megabits * 1e6,
    queueBytes: Math.round((megabits * 1e6 * queueMs) / 8000),
    delayMs: rttMs / 2,
    jitterMs,
    lossRate,
  });
  return { down: direction(downMbit), up: direction(upMbit) };
}

const GOOD_4G = directions({ downMbit: 12, upMbit: 5, rttMs: 60, jitterMs: 12, lossRate: 0.001, queueMs: 250 });

/** The sources of the figures stand in README.md. */
export const LINKS: readonly LinkProfile[] = [
  {
    name: 'fibre',
    title: 'fibre',
    ...directions({ downMbit: 100, upMbit: 40, rttMs: 10, jitterMs: 1, lossRate: 0, queueMs: 50 }),
  },
  { name: 'good-4g', title: 'good 4G', ...GOOD_4G },
  {
    name: 'bad-4g',
    title: 'bad 4G',
    ...directions({ downMbit: 1.8, upMbit: 0.75, rttMs: 160, jitterMs: 40, lossRate: 0.01, queueMs: 300 }),
  },
  { name: 'busy-4g', title: 'good 4G, busy page', ...GOOD_4G, busyConnections: true },
];

/** @throws {RangeError} for a name that is not in `LINKS`. */
export function linkNamed(name: string): LinkProfile {
  const link = LINKS.find((candidate) => candidate.name === name);
  if (link === undefined)
    throw new RangeError(`link must be one of ${LINKS.map((known) => known.name).join(', ')}, got '${name}'`);
  return link;
}
