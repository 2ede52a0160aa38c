import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EVENT_SCHEMAS } from '../server/http/event-schemas.ts';

type JsonSchema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly description?: string;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
};

const PATH = join(import.meta.dirname, '../docs/EVENTS.md');

const HEAD = `# Events of a session

Written by \`npm run docs\` from [server/http/event-schemas.ts](../server/http/event-schemas.ts); tests hold every event to it.

\`GET /v1/sessions/{id}/events\` sends them as Server-Sent Events: \`id\` is \`seq\`, \`event\` is the type, \`data\` is one line of JSON. Browsers follow them with \`EventSource\`:

\`\`\`js
const events = new EventSource(session.eventsUrl);
events.addEventListener('chunk.published', ({ data }) => console.log(JSON.parse(data).text));
\`\`\`

- \`seq\` counts from 1 without holes. A client that comes back with \`Last-Event-ID\` (or \`?lastEventId=\`) gets all that followed. Of the newest 1,000 none is forgotten; where older ones are, a comment says which, and \`GET /v1/sessions/{id}\` tells the state.
- A \`seq\` that goes back to 1 is that of another session of the same name.
- Pass over types and fields that you do not know: more may come.
- Times on the session's timeline are in seconds; \`programDateTime\` says when a player shows that moment.
`;

/** The file as it should be. */
export function eventsDocument(): string {
  const sections = [...EVENT_SCHEMAS].map(([type, schema]) => {
    const json = z.toJSONSchema(schema) as JsonSchema & { readonly $defs?: Definitions };
    const { description = '', properties = {}, required = [] } = inlined(json, json.$defs ?? {});
    const rows = Object.entries(properties)
      .filter(([name]) => !['seq', 'at', 'type'].includes(name))
      .flatMap(([name, field]) => rowsOf(name, field, required.includes(name)));
    return `## \`${type}\`\n\n${description}\n\n| field | type | is |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [HEAD, ...sections].join('\n');
}

type Definitions = Readonly<Record<string, JsonSchema>>;

/** A schema with what it refers to in its place. */
function inlined(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const { $ref, ...own } = schema;
  const whole: JsonSchema = $ref === undefined ? own : { ...definitions[$ref.split('/').at(-1) ?? ''], ...own };
  const { items, properties } = whole;
  return {
    ...whole,
    ...(items !== undefined && { items: inlined(items, definitions) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, inlined(field, definitions)]),
      ),
    }),
  };
}

function rowsOf(name: string, field: JsonSchema, isRequired: boolean): string[] {
  const described = (field.description ?? '')
    .replaceAll(/\n(?=- )/g, '<br>')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
  const own = `| \`${name}\`${isRequired ? '' : '?'} | ${typeOf(field)} | ${described} |`;
  const inner = field.properties ?? field.items?.properties ?? {};
  const required = (field.properties ? field.required : field.items?.required) ?? [];
  const prefix = field.properties ? `${name}.` : `${name}[].`;
  return [own, ...Object.entries(inner).flatMap(([key, value]) => rowsOf(prefix + key, value, required.includes(key)))];
}

function typeOf(field: JsonSchema): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum !== undefined) {
    // Codes of problems are in the OpenAPI document.
    return field.enum.length > 16 ? 'string' : field.enum.map((value) => `\`${value}\``).join(', ');
  }
  if (field.prefixItems !== undefined) return `[${field.prefixItems.map(typeOf).join(', ')}]`;
  if (field.type === 'array') return `${typeOf(field.items ?? {})}[]`;
  if (field.type === 'object' && typeof field.additionalProperties === 'object')
    return `object of ${typeOf(field.additionalProperties)}`;
  return field.format === 'date-time' ? 'date (ISO 8601)' : (field.type ?? 'any');
}

/** The file as it is. */
export const storedDocument = (): Promise<string> => readFile(PATH, 'utf8');

if (import.meta.main) await writeFile(PATH, eventsDocument());
