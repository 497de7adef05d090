/**
 * Tools and the choice among them, in the forms that programs send to this endpoint: OpenAI's own, with the function
 * inside; the flat form of OpenAI's Responses API, which Cursor sends here too; and Anthropic's (`input_schema`). All
 * go on as OpenAI's. A tool of another type is a provider's own and goes on as it came.
 */

import { z } from 'zod';
import { asText } from '../../core/as-text.ts';
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import { isPlainTool, TOOL_NAME } from './plain-forms.ts';
import { byType, inner, listOf } from './schema-combinators.ts';

/** Bounds that no list of tools comes near. */
const MAX_TOOLS = 2_000;

const text = z.string();
const nonEmptyText = z.string().refine((value) => value.trim() !== '', 'must not be empty');
const named = z.looseObject({ name: nonEmptyText });

const functionDefinition = z.looseObject({
  name: z.string().regex(TOOL_NAME, 'must be 1 to 128 letters, digits, dots, dashes or underscores'),
  description: text.nullish(),
  parameters: z.record(text, z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});
const functionTool = z.looseObject({ type: z.literal('function'), function: functionDefinition });
const anyTool = byType({
  function: functionTool,
  custom: z.looseObject({ type: z.literal('custom'), custom: named }),
});

const tool = z
  .unknown()
  .transform((value, context) => inner(anyTool, isJsonObject(value) ? nested(value) : value, context));

/** The schema of `tools`: whichever form came in, OpenAI's comes out. */
export const tools = listOf(tool, { max: MAX_TOOLS, isPlain: isPlainTool });

/** The schema of the old `functions`. */
export const functions = listOf(functionDefinition, { max: MAX_TOOLS });

/** The function, or the custom tool, put inside where a form has it flat. */
function nested(tool: Fields): Fields {
  const { type, name, input_schema: inputSchema, ...rest } = tool;
  if (type == null && tool.function !== undefined) return { ...tool, type: 'function' };
  if (type == null && name !== undefined && inputSchema !== undefined) {
    const { cache_control: cacheControl, ...own } = rest;
    const definition = { name, ...own, parameters: inputSchema };
    return {
      type: 'function',
      function: definition,
      ...(cacheControl !== undefined && { cache_control: cacheControl }),
    };
  }
  if (name === undefined) return tool;
  if (type === 'function' && tool.function === undefined) return { type, function: { name, ...rest } };
  if (type === 'custom' && tool.custom === undefined) return { type, custom: { name, ...rest } };
  return tool;
}

/** `any` is how Mistral and Anthropic say `required`. */
const WORDS: Readonly<Record<string, string>> = {
  none: 'none',
  auto: 'auto',
  required: 'required',
  any: 'required',
};

const choiceOfType = byType({
  function: z.looseObject({ type: z.literal('function'), function: named }),
  custom: z.looseObject({ type: z.literal('custom'), custom: named }),
});

/** The schema of `tool_choice`, in the words and forms of the same three APIs. */
export const toolChoice = z.unknown().transform((value, context) => {
  if (typeof value === 'string' && Object.hasOwn(WORDS, value)) return WORDS[value];
  if (isJsonObject(value)) {
    const { type, name } = value;
    if (typeof type === 'string' && Object.hasOwn(WORDS, type)) return WORDS[type];
    const isFlat = name !== undefined && value[asText(type)] === undefined;
    if (isFlat && (type === 'function' || type === 'tool'))
      return inner(choiceOfType, { type: 'function', function: { name } }, context);
    if (isFlat && type === 'custom') return inner(choiceOfType, { type, custom: { name } }, context);
    if (type == null && value.function !== undefined)
      return inner(choiceOfType, { ...value, type: 'function' }, context);
    if (typeof type === 'string') return inner(choiceOfType, value, context);
  }
  context.addIssue('must be "none", "auto", "required" or {"type": "function", "function": {"name": …}}');
  return z.NEVER;
});

/** The older choice, which names a function or none. */
export const functionCallChoice = z.union(
  [z.enum(['none', 'auto']), named],
  'must be "none", "auto" or {"name": …}',
);
