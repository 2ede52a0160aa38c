import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Rig, resourceOf, startRig } from './fakes.ts';
import { stats } from './schemas.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ now: () => 1_800_000_000_000 });
  rig.session.output.resources.set('v0/p1.m4s', resourceOf('part'));
});

afterEach(() => rig.server.close());

const PROMETHEUS = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

async function metrics(accept = 'text/plain'): Promise<{ contentType: string | undefined; lines: string[] }> {
  const reply = await ask(rig, '/metrics', { headers: { accept } });
  expect([reply.status, reply.headers['cache-control']]).toEqual([200, 'no-store']);
  return { contentType: reply.headers['content-type'], lines: reply.text.split('\n') };
}

describe('GET /v1/stats', () => {
  it('tells what its schema says', async () => {
    rig.monitor.event('abc', { seq: 1, at: '', type: 'chunk.failed' });
    await ask(rig, '/live/abc/v0/p1.m4s?CMCD=bl%3D0%2Csid%3D%22a%22');
    await ask(rig, '/live/abc/cmcd', { method: 'POST', body: 'sid="b",sta=r,bsa=(1),ltc=900,v=2' });
    const reply = await ask(rig, '/v1/stats');
    expect([reply.status, reply.headers['cache-control']]).toEqual([200, 'no-store']);
    const told = stats.parse(JSON.parse(reply.text));
    // Everything that is told is in the schema, and so in OpenAPI.
    expect(told).toEqual(JSON.parse(reply.text));
    expect(told).toMatchObject({
      sessions: { open: 1, talking: 0 },
      viewers: { watching: 1, viewers: 2, states: { rebuffering: 1 }, latency: { p50: 0.9 } },
      totals: { playbacks: 2, stalls: 1 },
      busiest: [{ id: 'abc', viewers: 1, stalls: 1, latency: 0.9, isTroubled: true }],
    });
  });

  it.each(['after=x', 'after=-1', 'after=1e20', 'before=1'])('refuses %s', async (query) => {
    expect((await ask(rig, `/v1/stats?${query}`)).status).toBe(400);
  });
});

describe('GET /metrics', () => {
  it('speaks the text format, and OpenMetrics to who prefers it, in turns', async () => {
    const formats: (string | undefined)[] = [];
    for (const accept of [
      '',
      PROMETHEUS,
      'text/plain',
      'application/openmetrics-text',
      '*/*',
      `${PROMETHEUS},text/plain`,
    ]) {
      const { contentType, lines } = await metrics(accept);
      const isOpen = contentType?.startsWith('application/openmetrics-text') === true;
      formats.push(isOpen ? 'open' : contentType);
      // The name of a counter is with `_total` in the text format, without it in OpenMetrics; its values are with it in both.
      expect(lines).toContain(`# TYPE throughline_viewer_stalls${isOpen ? '' : '_total'} counter`);
      expect(lines).toContain('throughline_viewer_stalls_total 0');
      expect(lines.at(-2)).toBe(isOpen ? '# EOF' : lines.at(-2));
    }
    const text = 'text/plain; version=0.0.4; charset=utf-8';
    expect(formats).toEqual([text, 'open', text, 'open', text, text]);
  });

  it('gives both formats at once', async () => {
    const texts = await Promise.all(
      [PROMETHEUS, 'text/plain', PROMETHEUS, 'text/plain'].map((accept) => metrics(accept)),
    );
    for (const [index, { lines }] of texts.entries())
      expect(lines).toContain(`# TYPE throughline_interruptions${index % 2 === 0 ? '' : '_total'} counter`);
  });

  it('counts answers by plane and class, and refusals by code', async () => {
    await ask(rig, '/live/abc/v0/p1.m4s');
    await ask(rig, '/live/abc/v0/p1.m4s', { headers: { 'if-none-match': '"part"' } });
    await ask(rig, '/live/abc/v0/p1.m4s', { headers: { range: 'bytes=900-' } });
    await ask(rig, '/live/no-such/index.m3u8');
    await ask(rig, '/live/abc/cmcd', { method: 'POST', body: 'nonsense' });
    await ask(rig, '/v1/sessions/no-such');
    await ask(rig, '/v1/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
    await ask(rig, '/nothing');
    const { lines } = await metrics();
    expect(lines.filter((line) => /^throughline_http_(answers|refusals)/.test(line))).toEqual([
      'throughline_http_answers_total{plane="media",code="2xx"} 1',
      'throughline_http_answers_total{plane="media",code="3xx"} 1',
      'throughline_http_answers_total{plane="media",code="4xx"} 3',
      'throughline_http_answers_total{plane="api",code="4xx"} 2',
      'throughline_http_answers_total{plane="other",code="4xx"} 1',
      'throughline_http_refusals_total{code="RANGE_INVALID"} 1',
      'throughline_http_refusals_total{code="SESSION_NOT_FOUND"} 2',
      'throughline_http_refusals_total{code="REQUEST_INVALID"} 2',
      'throughline_http_refusals_total{code="NOT_FOUND"} 1',
    ]);
  });

  it('names no session and no viewer, however many there are', async () => {
    await ask(rig, '/live/abc/cmcd', { method: 'POST', body: 'sid="viewer-one",sta=p,msd=600,ltc=900,v=2' });
    const { lines } = await metrics();
    expect(lines.join('\n')).not.toMatch(/abc|viewer-one/);
    expect(lines).toContain('throughline_viewer_states{state="playing"} 1');
    expect(lines).toContain('throughline_viewer_startup_seconds_bucket{le="0.75"} 1');
    expect(lines).toContain('throughline_viewer_latency_seconds_sum 0.9');
  });

  it('is valid: each sample belongs to a type, ours are in base units, and none is there twice', async () => {
    const { lines } = await metrics();
    const types = new Map(
      lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ').slice(2) as [string, string]),
    );
    const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(new Set(samples.map((line) => line.slice(0, line.lastIndexOf(' ')))).size).toBe(samples.length);
    for (const sample of samples) {
      const name = /^[a-z_:][a-z0-9_:]*/.exec(sample)?.[0] ?? '';
      expect([sample, types.has(name) || types.has(name.replace(/_(bucket|sum|count)$/, ''))]).toEqual([sample, true]);
      expect(sample).toMatch(/ (-?\d+(\.\d+)?(e-?\d+)?|NaN|\+Inf)$/);
    }
    for (const [name, type] of types) {
      if (!name.startsWith('throughline_')) continue;
      if (type === 'counter') expect(name).toMatch(/_total$/);
      if (type === 'histogram') expect(name).toMatch(/_(seconds|ratio)$/);
      expect(name).not.toMatch(/(_ms|milliseconds|percent|kbps)(_|$)/);
    }
    expect([...types.keys()]).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total', 'process_resident_memory_bytes']),
    );
  });
});
