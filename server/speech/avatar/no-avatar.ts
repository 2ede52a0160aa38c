import type { RawClip } from '../../encode/types.ts';
import type { Avatar, Look, Picture } from '../providers.ts';
import type { DecoderTools } from './decode-pictures.ts';
import { type Idle, loadIdleMedia } from './idle-media.ts';

export type PictureAvatarOptions = DecoderTools & {
  /** PNG, JPEG or WebP; also a video, which is shown as a loop. */
  readonly imagePath?: string;
  /** Without an image: the drawn face, not moving. */
  readonly fallback: {
    readonly looks: readonly Look[];
    still(picture: Picture, look?: string): RawClip;
    lookVersion(name: string): string;
  };
};

function stillFace({ looks, still, lookVersion }: PictureAvatarOptions['fallback']): Idle {
  const known = (look?: string): string | undefined =>
    looks.some(({ name }) => name === look) ? look : looks[0]?.name;
  return {
    idle: (picture, look) => still(picture, known(look)),
    idleLook: (look) => `still-${lookVersion(known(look) ?? '')}`,
  };
}

/**
 * No face that speaks: the voice is heard over a picture.
 *
 * @throws {StreamError} `CONFIG_INVALID` when the image can't be used.
 */
export async function createPictureAvatar(options: PictureAvatarOptions): Promise<Avatar> {
  const { imagePath, fallback } = options;
  const image = imagePath === undefined ? undefined : await loadIdleMedia(options, imagePath);
  const { idle, idleLook } = image ?? stillFace(fallback);
  return {
    name: 'picture',
    // Nothing is made, so nothing has to wait.
    concurrency: 8,
    looks: image ? [] : fallback.looks,
    render: async () => undefined,
    idle,
    idleLook,
    close: async () => await image?.close(),
  };
}
