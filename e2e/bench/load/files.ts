import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quantiles } from '../../../server/lib/quantile.ts';
import { fetchBytes, fetchText } from '../../support/hls-client.ts';
import { startServer } from '../../support/server.ts';
import { processCpu } from '../cpu-seconds.ts';
import type { Figure, PartReport } from '../figures.ts';
import { serveFiles } from '../nginx.ts';
import type { BenchContext } from '../part.ts';
import { Connection } from './connection.ts';
import { idleSession } from './viewers.ts';

const CONNECTIONS = { full: 1_000, quick: 100 };
const BURSTS = { full: 40, quick: 10 };

/** Everybody asks for one part at once, as after its publication: ours from memory, nginx from a file with the same bytes. */
export async function files({ dir, dataDir, quick, log }: BenchContext): Promise<PartReport> {
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn' } });
  const mediaUrl = await idleSession(server);
  const uri = [...(await fetchText(mediaUrl)).matchAll(/^#EXT-X-PART:.*?URI="([^"]+)"/gm)].at(-1)?.[1] ?? '';
  const partUrl = new URL(uri, mediaUrl);
  const bytes = await fetchBytes(partUrl.href);
  const root = join(dir, 'files');
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'part.m4s'), bytes);
  await using nginx = await serveFiles(root, join(dir, 'files-nginx'));
  const count = quick ? CONNECTIONS.quick : CONNECTIONS.full;
  const bursts = quick ? BURSTS.quick : BURSTS.full;
  const sides = [
    { name: 'ours', crowd: await open(server.origin, count), path: partUrl.pathname, took: [] as number[] },
    { name: nginx.name, crowd: await open(nginx.origin, count), path: '/part.m4s', took: [] as number[] },
  ];
  const before = (await processCpu(server.pid))?.own ?? Number.NaN;
  // By turns: what else the machine does meets both.
  for (let burst = 0; burst < bursts; burst++) {
    for (const { crowd, path, took } of sides) {
      const startMs = performance.now();
      const got = crowd.map(async (connection) => {
        const { status } = await connection.get(path);
        if (status !== 200) throw new Error(`${status} for a part`);
        if (burst > 0) took.push(performance.now() - startMs);
      });
      await Promise.all(got);
    }
  }
  const cpuMs = (((await processCpu(server.pid))?.own ?? Number.NaN) - before) * 1000;
  for (const { crowd } of sides) for (const connection of crowd) connection.close();
  const figures = sides.flatMap(({ name, took }, index): Figure[] => {
    const [p50 = Number.NaN, p99 = Number.NaN] = quantiles(took, 0.5, 0.99);
    log(
      `${name}: ${count} ask for a part of ${bytes.byteLength} bytes at once: p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms`,
    );
    const id = index === 0 ? 'ours' : 'nginx';
    return [
      {
        id: `files.${id}.p99`,
        title: `${count} ask for one part at once, ${name}: p99`,
        unit: 'ms',
        samples: [p99],
        digits: 1,
      },
      { id: `files.${id}.p50`, title: '  median', unit: 'ms', samples: [p50], digits: 1 },
    ];
  });
  return {
    figures: [
      ...figures,
      { id: 'files.cpu', title: '  ours, CPU of one answer', unit: 'ms', samples: [cpuMs / count / bursts], digits: 3 },
    ],
    notes: [`a part of ${bytes.byteLength} bytes, bursts by turns; the asking process shares the cores`],
  };
}

async function open(origin: string, count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  while (connections.length < count) {
    const some = Array.from({ length: Math.min(100, count - connections.length) }, () => Connection.open(origin));
    connections.push(...(await Promise.all(some)));
  }
  return connections;
}
