/** Tools of Gemini's API as OpenAI's functions (source: ai.google.dev/api/caching#Tool). */
import { asText } from '../../core/as-text.ts';
import type { Fields } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { shortToolName } from '../../core/tool-names.ts';
import { field, listField, objectField, toJsonSchema } from './fields.ts';

/** The tools of a request in our shape, and the way back to the caller's names. */
export interface ContentTools {
  readonly fields: Pick<ChatRequest, 'tools' | 'tool_choice'>;
  /** Kinds of tools that only Google's own servers run. */
  readonly skipped: readonly string[];
  /** The caller's own names, by the shorter ones that are asked with. */
  readonly names: ReadonlyMap<string, string>;
}

/** @throws {Failure} naming the field */
export function fromGeminiTools(body: Fields): ContentTools {
  const skipped = new Set<string>();
  const declared: Fields[] = [];
  for (const [index, tool] of listField(body, 'tools').entries()) {
    declared.push(...listField(tool, 'functionDeclarations', `tools.${index}.functionDeclarations`));
    for (const kind of Object.keys(tool))
      if (!/^function_?declarations$/i.test(kind))
        skipped.add(`tools (${/^\w{1,64}$/.test(kind) ? kind : 'unknown'})`);
  }
  const config = objectField(
    objectField(body, 'toolConfig'),
    'functionCallingConfig',
    'toolConfig.functionCallingConfig',
  );
  const allowed = field(config, 'allowedFunctionNames');
  const usable =
    Array.isArray(allowed) && allowed.length > 0
      ? declared.filter(({ name }) => allowed.includes(name))
      : declared;
  const names = new Map(declared.map(({ name }) => [shortToolName(asText(name)), asText(name)]));
  if (usable.length === 0) return { fields: {}, skipped: [...skipped], names };
  const tools = usable.map((one) => ({
    type: 'function' as const,
    function: {
      name: shortToolName(asText(one.name)),
      ...(typeof one.description === 'string' && { description: one.description }),
      parameters: parametersOf(one),
    },
  }));
  const choice = choiceOf(config.mode);
  return { fields: { tools, ...(choice && { tool_choice: choice }) }, skipped: [...skipped], names };
}

function parametersOf(declaration: Fields): Record<string, unknown> {
  const given = field(declaration, 'parametersJsonSchema') ?? declaration.parameters;
  return (toJsonSchema(given) ?? { type: 'object', properties: {} }) as Record<string, unknown>;
}

function choiceOf(mode: unknown): 'required' | 'none' | undefined {
  switch (asText(mode).toUpperCase()) {
    case 'ANY':
      return 'required';
    case 'NONE':
      return 'none';
    default:
      return undefined;
  }
}
