import type { Request, Router } from 'express';
import type { Monitor } from '../../monitor/monitor.ts';
import type { SessionRegistry } from '../../session/types.ts';
import type { Access } from '../access/access.ts';
import type { HostGate } from '../access/host-gate.ts';
import { isFromHere } from '../client-address.ts';
import type { HttpLimits } from '../limits.ts';
import { route, sessionOf } from '../routing.ts';
import { statsQuery } from '../schemas.ts';
import { validate } from '../validate.ts';

type Options = {
  readonly registry: SessionRegistry;
  readonly monitor: Monitor;
  readonly access: Access;
  readonly limits: Pick<HttpLimits, 'trusts'>;
  readonly hosts: Pick<HostGate, 'isNamedRight'>;
};

const OPEN_METRICS = 'application/openmetrics-text';

/** What viewers see, and how the server is: for programs, for Prometheus, and for the dashboard. */
export function figureRoutes(router: Router, { registry, monitor, access, limits, hosts }: Options): void {
  route(router, '/v1/sessions/:id/quality', {
    get: [
      (req, res) => {
        const { id } = sessionOf(registry, req);
        res.json({ id, ...monitor.session(id) });
      },
    ],
  });

  route(router, '/v1/stats', {
    get: [
      async (req, res) => {
        const { after } = validate(statsQuery, req.query, 'query');
        res.json(await monitor.stats(after));
      },
    ],
  });

  route(router, '/metrics', {
    get: [
      async (req, res) => {
        // What runs on this machine may look; whoever comes from elsewhere needs a key where there is one.
        if (!isFromHere(req, limits.trusts) || !hosts.isNamedRight(req)) access.requireKey(req);
        const { contentType, text } = await monitor.metrics(wantsOpenMetrics(req));
        res.setHeader('Content-Type', contentType).setHeader('Cache-Control', 'no-store').end(text);
      },
    ],
  });
}

/** Prometheus asks for OpenMetrics with its version and the higher weight, and takes its own format as well. */
function wantsOpenMetrics({ headers: { accept = '' } }: Request): boolean {
  const open = weightOf(OPEN_METRICS, accept);
  return open > 0 && open >= weightOf('text/plain', accept);
}

/** The weight an Accept header gives a type that it names (RFC 9110 12.4.2), whatever its version; 0 when it does not. */
function weightOf(type: string, accept: string): number {
  const weights = accept
    .toLowerCase()
    .split(',')
    .filter((range) => range.split(';', 1)[0]?.trim() === type)
    .map((range) => Number(/;\s*q=([\d.]{1,5})/.exec(range)?.[1] ?? 1));
  return Math.max(0, ...weights);
}
