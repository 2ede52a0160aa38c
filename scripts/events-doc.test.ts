import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../player/src/session/session-event.ts';
import { EVENT_SCHEMAS, sessionEvent } from '../server/http/event-schemas.ts';
import { eventsDocument, storedDocument } from './events-doc.ts';

test('docs/EVENTS.md is what the schemas say: else run `npm run docs`', async () => {
  expect(await storedDocument()).toBe(eventsDocument());
});

test('has every event, and every field of it', () => {
  const document = eventsDocument();
  for (const [type, schema] of EVENT_SCHEMAS) {
    const section = document.split(`## \`${type}\``)[1]?.split('\n## ')[0] ?? '';
    const fields = Object.keys(schema.shape).filter((name) => !['seq', 'at', 'type'].includes(name));
    expect([type, fields.filter((name) => !section.includes(`| \`${name}\``))]).toEqual([type, []]);
  }
  expect(EVENT_TYPES.filter((type) => !EVENT_SCHEMAS.has(type))).toEqual([]);
});

test('refuses an event that lacks a field, has one more, or is of no known type', () => {
  const event = { seq: 7, at: new Date(0).toISOString(), type: 'filler.started', start: 3 };
  expect(sessionEvent.safeParse(event).success).toBe(true);
  const { start: _, ...lacking } = event;
  for (const wrong of [lacking, { ...event, end: 4 }, { ...event, type: 'filler.paused' }, { ...event, start: '3' }])
    expect(sessionEvent.safeParse(wrong).success).toBe(false);
});
