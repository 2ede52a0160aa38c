/** One partial segment as a media playlist lists it. */
export type ListedPart = {
  readonly uri: string;
  /** Program date time of its first sample, in ms since 1970. */
  readonly dateMs: number;
  /** In seconds. */
  readonly duration: number;
};

export type PartList = {
  readonly parts: readonly ListedPart[];
  /** Media sequence number and part number of the next part to come (RFC 8216bis 6.2.5.2). */
  readonly nextMsn: number;
  readonly nextPart: number;
  readonly ended: boolean;
};

/** Reads the parts of a media playlist whose every segment has a program date time. */
export function listParts(text: string): PartList {
  const parts: ListedPart[] = [];
  let [nextMsn, nextPart, dateMs] = [0, 0, Number.NaN];
  for (const line of text.split('\n')) {
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) nextMsn = Number(line.slice('#EXT-X-MEDIA-SEQUENCE:'.length));
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:'))
      dateMs = Date.parse(line.slice('#EXT-X-PROGRAM-DATE-TIME:'.length));
    else if (line.startsWith('#EXT-X-PART:')) {
      const duration = Number(/DURATION=([\d.]+)/.exec(line)?.[1]);
      parts.push({ uri: /URI="([^"]+)"/.exec(line)?.[1] ?? '', dateMs, duration });
      dateMs += duration * 1000;
      nextPart += 1;
    } else if (line !== '' && !line.startsWith('#')) {
      nextMsn += 1;
      nextPart = 0;
    }
  }
  return { parts, nextMsn, nextPart, ended: text.includes('#EXT-X-ENDLIST') };
}
