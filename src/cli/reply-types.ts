/** What the API replies with, as TypeScript: the pages' browser code is checked against it. */

/** The JSON Schema words that `openapi.json` uses for replies. */
export interface ReplySchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ReplySchema[];
  readonly items?: ReplySchema;
  readonly properties?: Readonly<Record<string, ReplySchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | ReplySchema;
}

interface Operation {
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: ReplySchema }>> }>
  >;
}

/** @returns the text of a `.d.ts`: the JSON of each successful reply, by method and path. */
export function replyTypes(paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const byMethod = new Map<string, string[]>();
  for (const [path, item] of Object.entries(paths))
    for (const [method, operation] of Object.entries(item)) {
      const schema = replyOf(operation as Operation);
      if (!schema) continue;
      const lines = byMethod.get(method) ?? [];
      byMethod.set(method, lines);
      lines.push(`${JSON.stringify(path)}: ${typeOf(schema)};`);
    }
  const methods = [...byMethod].map(
    ([method, lines]) => `${method.toUpperCase()}: {\n${lines.join('\n')}\n};`,
  );
  return `/** Written by \`npm run docs:openapi\` from the description of the API: do not edit. */\nexport interface Replies {\n${methods.join('\n')}\n}\n`;
}

function replyOf({ responses = {} }: Operation): ReplySchema | undefined {
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'));
  return success?.[1].content?.['application/json']?.schema;
}

function typeOf(schema: ReplySchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' | ');
  if (typeof schema.type !== 'string')
    return schema.type?.map((type) => typeOf({ ...schema, type })).join(' | ') ?? 'unknown';
  switch (schema.type) {
    case 'array':
      return `readonly (${typeOf(schema.items ?? {})})[]`;
    case 'object':
      return objectOf(schema);
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    default:
      return 'unknown';
  }
}

/** Fields that a description leaves open are no fields that a page may read, so only a map has an index. */
function objectOf({ properties = {}, required = [], additionalProperties }: ReplySchema): string {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(field)};`,
  );
  if (fields.length > 0) return `{ ${fields.join(' ')} }`;
  return `Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>`;
}
