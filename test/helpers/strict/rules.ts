/** What strict providers check of a request: each rule says what is wrong, and where. */

export type Json = Readonly<Record<string, unknown>>;
export type Complain = (what: string) => void;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** As OpenAI's "Unrecognized request argument supplied". */
export function onlyFields(value: Json, allowed: readonly string[], where: string, complain: Complain): void {
  for (const name of Object.keys(value))
    if (!allowed.includes(name)) complain(`${where}.${name} is not known`);
}

/** Every call has its result right after it, and no result is without its call. */
export function pairedCalls(
  turns: readonly { calls: unknown[]; results: unknown[] }[],
  complain: Complain,
): void {
  let open = new Set<unknown>();
  for (const [at, { calls, results }] of turns.entries()) {
    for (const id of results)
      if (!open.delete(id)) complain(`messages.${at}: a result without its call, ${String(id)}`);
    if (results.length === 0 && open.size > 0) complain(`messages.${at}: calls without results before it`);
    if (calls.length > 0) open = new Set(calls);
  }
  if (open.size > 0) complain('the last calls have no results');
}

export function functionTools(tools: unknown, complain: Complain, fields: readonly string[]): void {
  if (tools === undefined) return;
  if (!Array.isArray(tools) || tools.length === 0) return complain('tools is empty');
  const names = new Set<unknown>();
  for (const [at, tool] of listOf(tools).entries()) {
    const where = `tools.${at}`;
    if (tool.type !== 'function') complain(`${where}.type`);
    onlyFields(tool, ['type', 'function'], where, complain);
    const called = isObject(tool.function) ? tool.function : {};
    onlyFields(called, fields, `${where}.function`, complain);
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(called.name))) complain(`${where}.function.name`);
    if (names.has(called.name)) complain(`${where}.function.name comes twice`);
    names.add(called.name);
    checkSchema(called.parameters, `${where}.function.parameters`, complain);
  }
}

export function checkSchema(schema: unknown, where: string, complain: Complain): void {
  if (!isObject(schema) || schema.type !== 'object') complain(`${where} is no schema of an object`);
}

/** Arguments that a schema takes: a text for whatever is required. */
export function exampleOf(schema: unknown): Json {
  const { required, properties } = isObject(schema) ? schema : {};
  const names = Array.isArray(required) ? required.map(String) : [];
  return Object.fromEntries(names.map((name) => [name, exampleValue((properties as Json)?.[name])]));
}

function exampleValue(schema: unknown): unknown {
  const { type, enum: choices } = isObject(schema) ? schema : {};
  if (Array.isArray(choices)) return choices[0];
  switch (type) {
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return exampleOf(schema);
    default:
      return 'x';
  }
}
