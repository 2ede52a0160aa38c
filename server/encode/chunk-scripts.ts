import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JOB_FILES } from './chunk-arguments.ts';
import { colourCube } from './colour-cube.ts';
import { filterScripts } from './filter-scripts.ts';
import { COLOUR_CUBE } from './picture-filters.ts';
import type { ChunkPlan, ChunkSource } from './types.ts';

/** Puts into a job's directory what its process reads once its input gives bytes. */
export async function writeScripts(
  directory: string,
  source: ChunkSource,
  plan: ChunkPlan,
  timesFd: number | undefined,
): Promise<void> {
  const scripts = filterScripts(source, plan, timesFd);
  const colour = source.kind === 'file' ? source.probe.video?.colour : undefined;
  await Promise.all([
    writeFile(join(directory, JOB_FILES.audioScript), scripts.audio),
    ...scripts.video.map((script, rendition) => writeFile(join(directory, JOB_FILES.videoScript(rendition)), script)),
    ...(colour ? [writeFile(join(directory, COLOUR_CUBE), colourCube(colour))] : []),
  ]);
}
