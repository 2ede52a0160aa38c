import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Rig, startRig } from './fakes.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ limits: { uploadBytes: 1000, bodyProgressMs: 50, bodyProgressBytes: 10 } });
});

afterEach(() => rig.server.close());

describe('the rest', () => {
  it('is alive, and ready when it is', async () => {
    expect((await ask(rig, '/healthz')).status).toBe(200);
    const ready = await ask(rig, '/readyz');
    expect([ready.status, JSON.parse(ready.text)]).toEqual([
      200,
      { ready: true, encoder: { name: 'libx264', reason: 'test' } },
    ]);
    const starting = await startRig({ ready: false });
    expect((await ask(starting, '/readyz')).status).toBe(503);
    await starting.server.close();
  });

  it('publishes the contract from the schemas that validate', async () => {
    const document = JSON.parse((await ask(rig, '/openapi.json')).text);
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/v1/sessions', '/v1/sessions/{id}/chunks', '/live/{id}/index.m3u8']),
    );
    expect(document.components.schemas.ProfileInput.properties.width).toMatchObject({
      type: 'integer',
      minimum: 64,
      maximum: 1920,
    });
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/v1/sessions/{id}/turns', '/v1/sessions/{id}/interrupt', '/v1/providers']),
    );
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/v1/stats', '/metrics', '/live/{id}/cmcd', '/v1/sessions/{id}/quality']),
    );
    expect(document.components.schemas.Stats.properties.history).toBeDefined();
    const turn = document.paths['/v1/sessions/{id}/turns'].post;
    expect(Object.keys(turn.requestBody.content)).toEqual(
      expect.arrayContaining(['application/json', 'audio/*', 'video/webm', 'application/octet-stream']),
    );
    expect(turn.parameters.map((parameter: { name: string }) => parameter.name)).toEqual(
      expect.arrayContaining(['id', 'onBusy', 'voice', 'language', 'turn', 'Idempotency-Key']),
    );
    expect(document.paths['/v1/sessions/{id}'].patch.responses['200']).toBeDefined();
    const { SessionInput, SessionChanges, Session } = document.components.schemas;
    expect(SessionInput.properties.instructions.maxLength).toBe(8_000);
    expect(Object.keys(SessionChanges.properties)).toEqual(['voice', 'language', 'look', 'instructions']);
    expect(SessionChanges).toMatchObject({ type: 'object', minProperties: 1, additionalProperties: false });
    expect(Session.properties).not.toHaveProperty('instructions');
    expect(document.components.schemas.Problem.properties.code.enum).toContain('SESSION_NOT_FOUND');
  });

  it('answers unknown paths and methods with problems', async () => {
    const missing = await ask(rig, '/nothing');
    expect([missing.status, JSON.parse(missing.text).code]).toEqual([404, 'NOT_FOUND']);
    for (const [method, path, allow] of [
      ['PUT', '/v1/sessions', 'GET, HEAD, POST'],
      ['DELETE', '/v1/sessions/abc/end', 'POST'],
      ['PUT', '/v1/sessions/abc', 'GET, HEAD, PATCH, DELETE'],
      ['GET', '/v1/sessions/abc/turns', 'POST'],
      ['GET', '/v1/sessions/abc/interrupt', 'POST'],
      ['TRACE', '/', 'GET, HEAD'],
      ['POST', '/healthz', 'GET, HEAD'],
    ] as const) {
      const reply = await ask(rig, path, { method });
      expect([path, reply.status, reply.headers.allow]).toEqual([path, 405, allow]);
    }
  });
});

describe('pages', () => {
  it('that are not built say how to build them', async () => {
    for (const path of ['/', '/embed/abc', '/dashboard', '/player.js']) {
      const reply = await ask(rig, path);
      expect([reply.status, JSON.parse(reply.text).code]).toEqual([503, 'PAGES_MISSING']);
      expect(reply.text).toContain('npm run build');
    }
  });

  it('are served with the right caching and policies', async () => {
    const pagesDir = await mkdtemp(join(tmpdir(), 'pages-'));
    await mkdir(join(pagesDir, 'assets'));
    for (const name of ['index.html', 'embed.html', 'dashboard.html', 'player.js', 'assets/a-1234.js'])
      await writeFile(join(pagesDir, name), name);
    const built = await startRig({ pagesDir });
    const demo = await ask(built, '/');
    expect([demo.text, demo.headers['content-type'], demo.headers['cache-control']]).toEqual([
      'index.html',
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(demo.headers['content-security-policy']).toMatch(/script-src 'self';.*frame-ancestors 'self'/);
    const dashboard = await ask(built, '/dashboard');
    expect([dashboard.text, dashboard.headers['content-security-policy']]).toEqual([
      'dashboard.html',
      demo.headers['content-security-policy'],
    ]);
    const embed = await ask(built, '/embed/abc');
    expect(embed.headers['content-security-policy']).toMatch(/frame-ancestors \*/);
    expect(embed.headers).not.toHaveProperty('x-frame-options');
    expect((await ask(built, '/embed/A')).status).toBe(404);
    const player = await ask(built, '/player.js');
    expect(player.headers).toMatchObject({
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(player.headers['content-type']).toContain('javascript');
    expect((await ask(built, '/assets/a-1234.js')).headers['cache-control']).toBe(
      'public, max-age=31536000, immutable',
    );
    expect((await ask(built, '/assets/..%2f..%2f..%2fetc%2fpasswd')).status).toBeGreaterThanOrEqual(400);
    await built.server.close();
    await rm(pagesDir, { recursive: true });
  });

  it('are sent compressed, as the client likes best, from copies that the build made', async () => {
    const pagesDir = await mkdtemp(join(tmpdir(), 'pages-'));
    await mkdir(join(pagesDir, 'assets'));
    for (const name of ['index.html', 'player.js', 'assets/a-1234.js']) {
      for (const suffix of ['', '.br', '.gz']) await writeFile(join(pagesDir, `${name}${suffix}`), `${name}${suffix}`);
    }
    await writeFile(join(pagesDir, 'assets/b-1234.css'), 'too small to compress');
    const built = await startRig({ pagesDir });
    const fetched = async (path: string, headers: Record<string, string>) => {
      const reply = await ask(built, path, { headers });
      return [reply.status, reply.text, reply.headers['content-encoding'], reply.headers.vary];
    };
    for (const [path, name] of [
      ['/', 'index.html'],
      ['/player.js', 'player.js'],
      ['/assets/a-1234.js', 'assets/a-1234.js'],
    ] as const) {
      expect(await fetched(path, { 'accept-encoding': 'gzip, deflate, br, zstd' })).toEqual([
        200,
        `${name}.br`,
        'br',
        'Accept-Encoding',
      ]);
      expect(await fetched(path, { 'accept-encoding': 'gzip' })).toEqual([
        200,
        `${name}.gz`,
        'gzip',
        'Accept-Encoding',
      ]);
      expect(await fetched(path, {})).toEqual([200, name, undefined, 'Accept-Encoding']);
      expect(await fetched(path, { 'accept-encoding': 'br', range: 'bytes=0-4' })).toEqual([
        206,
        name.slice(0, 5),
        undefined,
        'Accept-Encoding',
      ]);
    }
    expect((await fetched('/assets/b-1234.css', { 'accept-encoding': 'br' })).slice(0, 3)).toEqual([
      200,
      'too small to compress',
      undefined,
    ]);
    const [plain, coded] = await Promise.all(
      [{}, { 'accept-encoding': 'br' }].map((headers) => ask(built, '/player.js', { headers })),
    );
    expect(coded?.headers.etag).not.toBe(plain?.headers.etag);
    // Nobody asks for the copies by name.
    expect((await ask(built, '/assets/a-1234.js.br')).status).toBe(404);
    await built.server.close();
    await rm(pagesDir, { recursive: true });
  });
});
