import { z } from 'zod';
import { answer, failure, sessionPath } from './openapi-parts.ts';
import * as schemas from './schemas.ts';

/** Paths of figures: what viewers see, and how the server is. */
export function figurePaths() {
  return {
    '/live/{id}/cmcd': {
      post: {
        operationId: 'reportQuality',
        requestParams: { path: sessionPath },
        requestBody: {
          required: true,
          description: 'What a player reports in event mode (CTA-5004-B), one report per line, at most 16 KiB',
          content: { 'application/cmcd': { schema: z.string() } },
        },
        responses: {
          204: { description: 'Taken' },
          410: { ...failure, description: 'No such session: report no more' },
          default: failure,
        },
      },
    },
    '/v1/sessions/{id}/quality': {
      get: {
        operationId: 'getSessionQuality',
        requestParams: { path: sessionPath },
        responses: { 200: answer('What its viewers see', schemas.sessionQuality), default: failure },
      },
    },
    '/v1/stats': {
      get: {
        operationId: 'getStats',
        requestParams: { query: schemas.statsQuery },
        responses: {
          200: answer('How the server is, and was in the last 15 minutes', schemas.stats),
          default: failure,
        },
      },
    },
    '/metrics': {
      get: {
        operationId: 'getMetrics',
        responses: {
          200: {
            description: 'For Prometheus: OpenMetrics 1.0 when it is asked for, else the text format',
            content: {
              'text/plain': { schema: z.string() },
              'application/openmetrics-text': { schema: z.string() },
            },
          },
        },
      },
    },
  };
}
