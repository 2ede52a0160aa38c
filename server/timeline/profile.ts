/** A further encoding of the stream, smaller than the first. In pixels, even. */
export type RenditionProfile = { readonly width: number; readonly height: number };

/** What every chunk of a session is made into; fixed for the session's life. */
export type Profile = {
  /** In pixels, even. */
  readonly width: number;
  readonly height: number;
  /** Frames per second, an integer. */
  readonly fps: number;
  /** Samples per second; sound is mono. */
  readonly audioRate: number;
  /** Further encodings beside the first one (width x height). */
  readonly renditions: readonly RenditionProfile[];
};

export const DEFAULT_PROFILE: Profile = { width: 512, height: 512, fps: 25, audioRate: 48_000, renditions: [] };

/** Picture sizes of all renditions, the main one first. */
export function pictureSizes(profile: Profile): readonly RenditionProfile[] {
  return [{ width: profile.width, height: profile.height }, ...profile.renditions];
}
