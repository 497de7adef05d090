/**
 * JSON answers: Anthropic's own format where the model has it and the schema is one it takes, else a tool that must be
 * called, whose input is the answer. Never only words that nobody checks.
 */
import type { ChatRequest } from '../../core/openai-types.ts';
import { HAS_OUTPUT_FORMAT } from './anthropic-models.ts';

type Schema = Record<string, unknown>;

/** The tool that stands in for a JSON format. */
export interface AnswerTool {
  readonly name: string;
  readonly schema: Schema;
  /** The answer is this field of the input, as a tool's input is always an object. */
  readonly field: string | undefined;
}

/** How JSON is asked for: by one of the two, or not at all. */
export interface AnswerFormat {
  readonly format?: object;
  readonly tool?: AnswerTool;
}

/** Keywords of schemas that Anthropic compiles to a grammar; others are a 400 (its page on structured outputs, 2026-11). */
const COMPILED = new Set([
  ...[
    'type',
    'properties',
    'required',
    'additionalProperties',
    'items',
    'enum',
    'const',
    'anyOf',
    'description',
  ],
  ...['title', 'default', '$ref', '$defs', 'definitions', '$schema'],
]);
const MAX_DEPTH = 64;

/** How to ask this model for what `response_format` wants. The tool's name is none that the caller uses. */
export function answerFormat({ response_format: format, tools }: ChatRequest, model: string): AnswerFormat {
  if (format?.type !== 'json_object' && format?.type !== 'json_schema') return {};
  const schema = format.type === 'json_schema' ? format.json_schema.schema : undefined;
  const compiled = schema && HAS_OUTPUT_FORMAT.test(model) ? closed(schema as Schema, 0) : undefined;
  if (compiled) return { format: { type: 'json_schema', schema: compiled } };
  const names = new Set(
    (tools ?? []).map((tool) => (tool as { function?: { name?: string } }).function?.name),
  );
  let name = 'answer';
  while (names.has(name)) name += '_';
  if (schema && schema.type !== 'object') {
    return {
      tool: {
        name,
        field: 'value',
        schema: { type: 'object', properties: { value: schema }, required: ['value'] },
      },
    };
  }
  return { tool: { name, field: undefined, schema: (schema as Schema) ?? { type: 'object' } } };
}

/** Objects closed, as Anthropic wants them: an answer that fits is one that fits the caller's schema too. */
function closed(schema: unknown, depth: number): Schema | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || depth > MAX_DEPTH)
    return undefined;
  const result: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!COMPILED.has(key)) return undefined;
    if (['properties', '$defs', 'definitions'].includes(key)) {
      const entries = Object.entries((value ?? {}) as object).map(([name, part]) => [
        name,
        closed(part, depth + 1),
      ]);
      if (entries.some(([, part]) => !part)) return undefined;
      result[key] = Object.fromEntries(entries);
    } else if (key === 'items') {
      result.items = closed(value, depth + 1);
      if (!result.items) return undefined;
    } else if (key === 'anyOf') {
      const parts = Array.isArray(value) ? value.map((part) => closed(part, depth + 1)) : [undefined];
      if (parts.some((part) => !part)) return undefined;
      result.anyOf = parts;
    } else result[key] = value;
  }
  const isObject = result.type === 'object' || result.properties !== undefined;
  if (!isObject) return result;
  if (result.additionalProperties !== undefined && result.additionalProperties !== false) return undefined;
  return { ...result, additionalProperties: false };
}
