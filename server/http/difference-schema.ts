import { z } from 'zod';
import type { Difference } from '../encode/differences.ts';
import { chunk } from './schemas.ts';

type Code = Difference['code'];

/** What each difference means, and what was done: a new one without a word does not compile. */
const MEANING = {
  SHORTER: 'Less decodes than was announced: the chunk ends where nothing more came.',
  LONGER: 'The file goes on behind the length that it says: the rest is not played.',
  PICTURES_MISSING: 'No picture decodes: the sound is heard over the idle picture.',
  PICTURES_START_LATE: 'The first picture that decodes comes late: it is shown from the start.',
  PICTURES_END_EARLY: 'The last picture that decodes comes early: it is held.',
  PICTURES_STAND_STILL: 'No picture comes for a second or more: the one before is held.',
  PICTURES_RESIZED: 'Pictures change their size or format on the way: each is fitted in.',
  SOUND_MISSING: 'No sound decodes: there is silence.',
  SOUND_STARTS_LATE: 'The first sound that decodes comes late: there is silence before it.',
  SOUND_ENDS_EARLY: 'The last sound that decodes comes early: there is silence behind it.',
  SOUND_GAP: 'No sound comes in the middle: there is silence.',
  SOUND_REPEATS: 'Sound comes for a time that has some already: it is left out.',
  DAMAGED: 'Something can not be decoded, or only in part: it is missing, or looks and sounds broken.',
} as const satisfies Record<Code, string>;

const CODES = Object.keys(MEANING) as [Code, ...Code[]];
const seconds = z.number().optional();

/** Fields of the event `chunk.adjusted`, beside `seq`, `at` and `type`. */
export const chunkAdjusted = z
  .object({
    chunk,
    duration: z.number().meta({ description: 'Of the chunk as it is, in seconds.' }),
    differences: z.array(
      z.object({
        code: z.enum(CODES).meta({
          description: CODES.map((code) => `- \`${code}\`: ${MEANING[code]}`).join('\n'),
        }),
        promised: seconds.meta({ description: 'What the header said, in seconds from the start of the chunk.' }),
        came: seconds.meta({ description: 'What decoded.' }),
        at: seconds.meta({ description: 'Where in the chunk.' }),
        seconds: seconds.meta({ description: 'For how long.' }),
        count: z.number().int().optional().meta({ description: 'How often.' }),
        detail: z.string().meta({ description: 'In words.' }),
      }),
    ),
  })
  .meta({
    id: 'ChunkAdjusted',
    description: 'Event `chunk.adjusted`: what decoded of an upload is not what its header promised.',
  });
