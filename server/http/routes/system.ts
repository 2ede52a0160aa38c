import type { Router } from 'express';
import { fieldOf } from '../../lib/json-field.ts';
import type { Access } from '../access/access.ts';
import { openApiDocument } from '../openapi.ts';
import { route } from '../routing.ts';

/** What `GET /readyz` tells: the encoder that was chosen and why, and whatever else has to be there. */
export type Readiness = {
  readonly ready: boolean;
  readonly encoder: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
};

type Options = { readonly readiness: () => Readiness; readonly access: Pick<Access, 'audienceOf'> };

/** Liveness, readiness, and the contract. */
export function systemRoutes(router: Router, { readiness, access }: Options): void {
  route(router, '/healthz', {
    get: [(_req, res) => res.setHeader('Cache-Control', 'no-store').json({ alive: true })],
  });
  route(router, '/readyz', {
    get: [
      (req, res) => {
        const state = readiness();
        const shown = access.audienceOf(req) === 'caller' ? state : publicReadiness(state);
        res
          .status(state.ready ? 200 : 503)
          .setHeader('Cache-Control', 'no-store')
          .json(shown);
      },
    ],
  });
  let document: string | undefined;
  route(router, '/openapi.json', {
    get: [
      (_req, res) => {
        document ??= JSON.stringify(openApiDocument());
        res.setHeader('Cache-Control', 'no-cache').type('json').send(document);
      },
    ],
  });
}

/** What a supervisor needs and anybody may know: what there is and whether it works, but not why not. */
function publicReadiness(state: Readiness): Readiness {
  const { ready, encoder, storage, llm, tts, asr, avatar } = state;
  const shown = { writable: fieldOf(storage, 'writable'), code: fieldOf(storage, 'code') };
  return { ready, encoder: { name: encoder.name }, llm, tts, asr, avatar, storage: shown };
}
