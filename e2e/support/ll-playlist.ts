/** A partial segment as a playlist lists it. */
export type ListedPart = { readonly uri: string; readonly duration: number; readonly independent: boolean };

/** A segment as a playlist lists it; the open one has no `uri`. */
export type ListedSegment = {
  readonly msn: number;
  readonly uri: string | undefined;
  readonly duration: number | undefined;
  readonly dateMs: number;
  readonly map: string;
  readonly discontinuity: boolean;
  readonly parts: readonly ListedPart[];
};

export type LowLatencyPlaylist = {
  readonly targetDuration: number;
  readonly discontinuitySequence: number;
  readonly segments: readonly ListedSegment[];
  /** URI of the part that comes next. */
  readonly hint: string | undefined;
  /** EXT-X-DATERANGE lines, by ID. */
  readonly ranges: ReadonlyMap<string, string>;
  readonly ended: boolean;
};

type Draft = { dateMs: number; map: string; discontinuity: boolean; duration?: number; parts: ListedPart[] };

/** Reads a media playlist with everything in it that must stay as it is. */
export function parseLowLatency(text: string): LowLatencyPlaylist {
  const value = (tag: string): string | undefined => new RegExp(`^#${tag}:(.*)$`, 'm').exec(text)?.[1];
  const segments: ListedSegment[] = [];
  const ranges = new Map<string, string>();
  let msn = Number(value('EXT-X-MEDIA-SEQUENCE') ?? 0);
  let map = '';
  let draft = newDraft(map);
  for (const line of text.split('\n')) {
    const uri = attribute(line, 'URI');
    if (line.startsWith('#EXT-X-MAP:')) draft.map = map = uri;
    else if (line === '#EXT-X-DISCONTINUITY') draft.discontinuity = true;
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) draft.dateMs = Date.parse(line.slice(25));
    else if (line.startsWith('#EXT-X-PART:'))
      draft.parts.push({
        ...{
          uri,
          duration: Number(/DURATION=([\d.]+)/.exec(line)?.[1]),
          independent: line.includes('INDEPENDENT=YES'),
        },
      });
    else if (line.startsWith('#EXTINF:')) draft.duration = Number.parseFloat(line.slice(8));
    else if (line.startsWith('#EXT-X-DATERANGE:')) ranges.set(attribute(line, 'ID'), line);
    else if (line !== '' && !line.startsWith('#')) {
      segments.push({ ...draft, msn: msn++, uri: line, duration: draft.duration });
      draft = newDraft(map);
    }
  }
  if (draft.parts.length > 0) segments.push({ ...draft, msn, uri: undefined, duration: undefined });
  const hintLine = value('EXT-X-PRELOAD-HINT');
  return {
    targetDuration: Number(value('EXT-X-TARGETDURATION')),
    discontinuitySequence: Number(value('EXT-X-DISCONTINUITY-SEQUENCE') ?? 0),
    segments,
    hint: hintLine === undefined ? undefined : attribute(`:${hintLine}`, 'URI'),
    ranges,
    ended: /^#EXT-X-ENDLIST/m.test(text),
  };
}

function newDraft(map: string): Draft {
  return { dateMs: Number.NaN, map, discontinuity: false, parts: [] };
}

function attribute(line: string, name: string): string {
  return new RegExp(`[:,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
}

/** What is wrong with a playlist after the one before it, in words; RFC 8216bis 6.2.1, 6.2.2. */
export function playlistFaults(before: LowLatencyPlaylist, after: LowLatencyPlaylist): string[] {
  const wrong: string[] = [];
  const first = (playlist: LowLatencyPlaylist): number => playlist.segments[0]?.msn ?? 0;
  if (after.targetDuration !== before.targetDuration) wrong.push(`target duration became ${after.targetDuration}`);
  if (first(after) < first(before)) wrong.push(`media sequence went from ${first(before)} back to ${first(after)}`);
  if (after.discontinuitySequence < before.discontinuitySequence) wrong.push('discontinuity sequence went back');
  const [lastBefore, lastAfter] = [before.segments.at(-1)?.msn ?? 0, after.segments.at(-1)?.msn ?? 0];
  if (lastAfter < lastBefore) wrong.push(`the last segment was ${lastBefore}, now ${lastAfter}`);
  const known = new Map(before.segments.map((segment) => [segment.msn, segment]));
  for (const segment of after.segments) wrong.push(...segmentFaults(known.get(segment.msn), segment));
  for (const [index, segment] of after.segments.entries()) {
    const next = after.segments[index + 1];
    if (next === undefined || segment.duration === undefined) continue;
    const gapMs = next.dateMs - segment.dateMs - segment.duration * 1000;
    if (Math.abs(gapMs) > 1.5) wrong.push(`segment ${next.msn} is dated ${gapMs} ms off the end of the one before`);
  }
  return wrong;
}

function segmentFaults(before: ListedSegment | undefined, after: ListedSegment): string[] {
  if (before === undefined) return [];
  const wrong: string[] = [];
  const name = `segment ${after.msn}`;
  const told = (segment: ListedSegment) => [segment.dateMs, segment.map, segment.discontinuity];
  if (`${told(after)}` !== `${told(before)}`) wrong.push(`${name} was ${told(before)}, is ${told(after)}`);
  const whole = (segment: ListedSegment) => [segment.uri, segment.duration];
  if (before.uri !== undefined && `${whole(after)}` !== `${whole(before)}`)
    wrong.push(`${name} was ${whole(before)}, is ${whole(after)}`);
  // Parts are only added, until all of them go.
  const parts = (segment: ListedSegment) => segment.parts.map((part) => Object.values(part).join(' '));
  const same = parts(before).every((part, index) => parts(after)[index] === part);
  if (after.parts.length > 0 && !same) wrong.push(`${name} had parts ${parts(before)}, has ${parts(after)}`);
  return wrong;
}
