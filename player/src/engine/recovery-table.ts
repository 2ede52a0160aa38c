import type { ErrorDetails } from 'hls.js';

/**
 * What is done about an error once hls.js calls it fatal: it has stopped loading then.
 *
 * - `resume`: asks again, a little later each time, and goes on where playback stopped.
 * - `skip`: as `resume`; a segment that fails time and again is played over once all before it is played, so that one broken segment does not end the stream.
 * - `refetch`: as `skip`, but everything anew from the multivariant playlist: what hls.js could not read it calls a gap, and never asks for again.
 * - `rebuild`: a new MediaSource and decoder, at the same position; soon again: `reload`.
 * - `reload`: everything anew from the multivariant playlist, going on at the same date.
 * - `uncaptioned`: as `resume`, without captions for a while: they never stop the stream.
 * - `stop`: nothing this player could do will help.
 * - `ignore`: never fatal, or none of the stream's business.
 */
export type Remedy = 'resume' | 'skip' | 'refetch' | 'rebuild' | 'reload' | 'uncaptioned' | 'stop' | 'ignore';

/** What is said of it, once there is nothing left to play. */
export type Trouble = 'network' | 'media' | 'unplayable';

export type Recovery = {
  readonly remedy: Remedy;
  readonly trouble: Trouble;
  /** Said already while hls.js still tries by itself. */
  readonly early?: true;
  /** Done already before hls.js calls it fatal: 1.7.4 never would, and asks a thousand times a second instead. */
  readonly atOnce?: true;
};

const NETWORK = { remedy: 'resume', trouble: 'network' } as const;
const PLAYLIST = { ...NETWORK, early: true } as const;
const CAPTIONS = { remedy: 'uncaptioned', trouble: 'network' } as const;
const SEGMENT = { remedy: 'skip', trouble: 'network' } as const;
const BROKEN_SEGMENT = { remedy: 'refetch', trouble: 'media', atOnce: true } as const;
const DECODER = { remedy: 'rebuild', trouble: 'media' } as const;
const ANEW = { remedy: 'reload', trouble: 'media' } as const;
const HOPELESS = { remedy: 'stop', trouble: 'unplayable' } as const;
const HARMLESS = { remedy: 'ignore', trouble: 'media' } as const;

/** Every error hls.js 1.7 knows; one it learns does not compile before it has a row. */
export const RECOVERIES = {
  manifestLoadError: { remedy: 'reload', trouble: 'network', early: true },
  manifestLoadTimeOut: { remedy: 'reload', trouble: 'network', early: true },
  // Whatever answers is no playlist: a proxy's error page, most of the time.
  manifestParsingError: { remedy: 'reload', trouble: 'network' },
  manifestIncompatibleCodecsError: HOPELESS,
  levelEmptyError: PLAYLIST,
  levelLoadError: PLAYLIST,
  levelLoadTimeOut: PLAYLIST,
  playlistUnchangedError: PLAYLIST,
  // A playlist that contradicts the one before is of another session with the same name.
  levelParsingError: ANEW,
  levelSwitchError: NETWORK,
  audioTrackLoadError: PLAYLIST,
  audioTrackLoadTimeOut: PLAYLIST,
  subtitleTrackLoadError: CAPTIONS,
  subtitleTrackLoadTimeOut: CAPTIONS,
  fragLoadError: SEGMENT,
  fragLoadTimeOut: NETWORK,
  fragParsingError: BROKEN_SEGMENT,
  fragDecryptError: { remedy: 'skip', trouble: 'media' },
  fragGap: BROKEN_SEGMENT,
  remuxAllocError: DECODER,
  bufferAppendError: DECODER,
  bufferAppendingError: DECODER,
  bufferAppendNoProgress: DECODER,
  mediaSourceRequiresReset: DECODER,
  attachMediaError: DECODER,
  bufferNudgeOnStall: DECODER,
  bufferStalledError: DECODER,
  bufferAddCodecError: HOPELESS,
  bufferIncompatibleCodecsError: HOPELESS,
  // hls.js makes room by itself and goes on.
  bufferFullError: HARMLESS,
  bufferSeekOverHole: HARMLESS,
  internalException: ANEW,
  unknown: ANEW,
  aborted: HARMLESS,
  // Our streams are not encrypted; keys of others are not this player's to have.
  keyLoadError: HOPELESS,
  keyLoadTimeOut: HOPELESS,
  keySystemNoKeys: HOPELESS,
  keySystemNoAccess: HOPELESS,
  keySystemNoSession: HOPELESS,
  keySystemNoConfiguredLicense: HOPELESS,
  keySystemLicenseRequestFailed: HOPELESS,
  keySystemServerCertificateRequestFailed: HOPELESS,
  keySystemServerCertificateUpdateFailed: HOPELESS,
  keySystemSessionUpdateFailed: HOPELESS,
  keySystemStatusOutputRestricted: HOPELESS,
  keySystemStatusInternalError: HOPELESS,
  keySystemDestroyMediaKeysError: HARMLESS,
  keySystemDestroyCloseSessionError: HARMLESS,
  keySystemDestroyRemoveSessionError: HARMLESS,
  // Interstitials are switched off.
  assetListLoadError: HARMLESS,
  assetListLoadTimeout: HARMLESS,
  assetListParsingError: HARMLESS,
  interstitialAssetItemError: HARMLESS,
} as const satisfies Record<`${ErrorDetails}`, Recovery>;

export function recoveryOf(details: `${ErrorDetails}`): Recovery {
  return RECOVERIES[details] ?? RECOVERIES.unknown;
}
