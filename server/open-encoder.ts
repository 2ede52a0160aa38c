import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { Encoder } from './encode/encoder.ts';
import type { Jail } from './lib/jail.ts';
import { MemoryBudget } from './lib/memory-budget.ts';
import type { Monitor } from './monitor/monitor.ts';
import type { Providers } from './providers.ts';
import type { Clock } from './session/clock.ts';

type EncoderNeeds = {
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly jail: Promise<Jail>;
  readonly providers: Promise<Providers>;
  readonly logger: Logger;
};

/** The encoder of a server, as it is configured; idle loops are drawn by its avatar. @throws {StreamError} As `Encoder.open`. */
export async function openEncoder(
  config: Config,
  { dataDirectory, clock, monitor, jail, providers, logger }: EncoderNeeds,
): Promise<Encoder> {
  // Which encoder works is tried while providers are still being asked what they can do.
  let ready: Providers | undefined;
  const avatar = () => {
    if (!ready) throw new Error('the idle loop is drawn by providers that are not there yet');
    return ready.avatar;
  };
  const opening = Encoder.open({
    ffmpegPath: config.FFMPEG_PATH,
    setting: config.ENCODER,
    dataDirectory,
    parallel: config.ENCODE_PARALLEL,
    stallMs: config.ENCODE_STALL_MS,
    memory: new MemoryBudget(config.MEDIA_MEMORY_BYTES),
    jail,
    idle: { version: (look) => avatar().idleLook(look), draw: (profile, look) => avatar().idle(profile, look) },
    now: () => clock.now(),
    onHeldFault: (error, isLost) =>
      isLost
        ? logger.error(
            { err: error },
            'media that was put aside could not be read again: what was left of a chunk is lost',
          )
        : logger.warn(
            { err: error },
            'media could not be put aside on disk: encoders wait until there is room in memory',
          ),
    onEncoded: (encode) => monitor.encoded(encode),
    onSoundLost: ({ error, ...loss }) =>
      logger.warn({ err: error, ...loss }, 'the audio encoder was lost: it is started again'),
    onSoundBack: (audioRate) => logger.info({ audioRate }, 'the audio encoder works again'),
  });
  const [encoder] = await Promise.all([opening, providers.then((chosen) => (ready = chosen))]);
  return encoder;
}
