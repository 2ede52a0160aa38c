/** Full path of a program on PATH, or in an `sbin` beside a `bin` of it; or undefined. */
export function findProgram(name: string, path?: string): string | undefined;
/** `FFMPEG_PATH`, else ffmpeg on PATH. */
export function ffmpegPath(): string | undefined;
/** ffprobe beside `FFMPEG_PATH`, else on PATH. */
export function ffprobePath(): string | undefined;
/** `CHROMIUM_PATH`, else the first Chromium or Chrome there is. */
export function chromiumPath(): string | undefined;
