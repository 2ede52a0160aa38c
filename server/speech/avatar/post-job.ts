import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AvatarJob } from '../providers.ts';
import { wavOf } from './wav.ts';

/** Kept of what a service says when it refuses. */
const MAX_REASON_BYTES = 2048;
const MAX_REASON_LENGTH = 300;
/** Longest wait for the rest of a refusal. */
const REASON_LIMIT_MS = 2_000;

export type JobBody = { readonly contentType: string; readonly bytes: Uint8Array };

/** The job as a form (RFC 7578). */
export async function formOf(job: AvatarJob): Promise<JobBody> {
  const form = new FormData();
  form.set('job', job.id);
  form.set('text', job.text);
  form.set('width', `${job.picture.width}`);
  form.set('height', `${job.picture.height}`);
  form.set('fps', `${job.picture.fps}`);
  if (job.look !== undefined) form.set('look', job.look);
  form.set('audio', new Blob([wavOf(job.speech)], { type: 'audio/wav' }), `${job.id}.wav`);
  const body = new Response(form);
  return { contentType: body.headers.get('content-type') ?? '', bytes: await body.bytes() };
}

/** Sends the job on a connection of its own: one that was kept alive may be dead, and a service that was restarted does not know it. */
export function postJob(url: URL, body: JobBody, headers: Readonly<Record<string, string>>): ClientRequest {
  const { request } = url.protocol === 'https:' ? https : http;
  const sent = request(url, {
    method: 'POST',
    agent: false,
    headers: {
      accept: 'video/*',
      ...headers,
      connection: 'close',
      'content-type': body.contentType,
      'content-length': body.bytes.length,
    },
  });
  // Also after the answer began: its reader hears of it, this must not take the server down.
  sent.on('error', () => undefined);
  sent.end(body.bytes);
  return sent;
}

/** The head of the answer. Rejects with the connection's error. */
export function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  sent.once('response', resolve).once('error', reject);
  sent.once('close', () => reject(new Error('the connection was closed without an answer')));
  return promise;
}

/** Why a service refused: the beginning of its answer, in one line. */
export async function refusalOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const limit = setTimeout(() => answer.destroy(), REASON_LIMIT_MS);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes >= MAX_REASON_BYTES) break;
    }
  } catch {
    // What came until then is all that can be told; the status alone says that it failed.
  } finally {
    clearTimeout(limit);
    answer.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, MAX_REASON_BYTES).toString('utf8');
  return oneLine(text) || answer.statusMessage || 'no reason given';
}

/** Text from outside, fit for a log line: no control characters, not long. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_REASON_LENGTH);
}
