import type { z } from 'zod';
import { StreamError } from '../errors.ts';
import { findMisspelt } from '../lib/misspelt-names.ts';

/** Mistakes that are told at once. */
const MAX_TOLD = 10;

/**
 * A value as its schema wants it.
 *
 * @param where - What the value is, for the message: `body`, `query`.
 * @throws {StreamError} `REQUEST_INVALID`, naming every field that is wrong, and what it may be.
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(
    (issue) => `${[where, ...issue.path.map(String)].join('.')}: ${messageOf(issue, schema)}`,
  );
  throw new StreamError('REQUEST_INVALID', wrong.slice(0, MAX_TOLD).join('; '));
}

function messageOf(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const known = namesAt(schema, issue.path);
  const meant = findMisspelt(issue.keys, known).map(({ name, meant }) => `did you mean ${meant} by ${quoted(name)}?`);
  const allowed = known.length > 0 ? `known are ${known.join(', ')}` : 'none is known';
  return [`unknown: ${issue.keys.slice(0, MAX_TOLD).map(quoted).join(', ')}; ${allowed}`, ...meant].join('; ');
}

/** Names of the fields of the object that lies at a path of the schema. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const key of path) at = fieldsOf(at)?.[String(key)] ?? elementOf(at);
  return Object.keys(fieldsOf(at) ?? {});
}

type Definition = {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly innerType?: unknown;
  readonly element?: unknown;
  readonly options?: readonly unknown[];
};

const definitionOf = (schema: unknown): Definition | undefined =>
  (schema as { readonly def?: Definition } | undefined)?.def;

function fieldsOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const { shape, innerType, options } = definitionOf(schema) ?? {};
  if (shape !== undefined) return shape;
  if (innerType !== undefined) return fieldsOf(innerType);
  return options?.map(fieldsOf).find((fields) => fields !== undefined);
}

function elementOf(schema: unknown): unknown {
  const { element, innerType } = definitionOf(schema) ?? {};
  return element ?? (innerType === undefined ? undefined : elementOf(innerType));
}

const quoted = (name: string): string => `'${name.slice(0, 40)}'`;
