import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const { requests, byStatus, findings, residentMb } = await fuzz({
  requests: Number(values.requests),
  seed: Number(values.seed),
  log: (line) => console.error(line),
});
console.log(`${requests} requests, seed ${values.seed}: ${JSON.stringify(byStatus)}`);
console.log(`memory ${residentMb.map((mb) => mb.toFixed(0)).join(' MB, at most ')} MB; ${findings.length} findings`);
for (const finding of findings) console.log(`- ${finding}`);
process.exitCode = findings.length > 0 ? 1 : 0;
