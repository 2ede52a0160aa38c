import type { Router } from 'express';
import { openApiDocument } from '../openapi.ts';
import { route } from '../routing.ts';

/** What `GET /readyz` tells: the encoder that was chosen and why, and whatever else has to be there. */
export type Readiness = {
  readonly ready: boolean;
  readonly encoder: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
};

/** Finds out how things are now. */
export type ReadinessCheck = () => Readiness | Promise<Readiness>;

/** Liveness, readiness, and the contract. */
export function systemRoutes(router: Router, { readiness }: { readonly readiness: ReadinessCheck }): void {
  route(router, '/healthz', {
    get: [(_req, res) => res.setHeader('Cache-Control', 'no-store').json({ alive: true })],
  });
  route(router, '/readyz', {
    get: [
      async (_req, res) => {
        const state = await readiness();
        res
          .status(state.ready ? 200 : 503)
          .setHeader('Cache-Control', 'no-store')
          .json(state);
      },
    ],
  });
  // One for all who ask: who reads slowly has no copy of its own.
  let document: Buffer | undefined;
  route(router, '/openapi.json', {
    get: [
      (_req, res) => {
        document ??= Buffer.from(JSON.stringify(openApiDocument()));
        res.setHeader('Cache-Control', 'no-cache').type('json').send(document);
      },
    ],
  });
}
