import { z } from 'zod';
import { isPlainMessage } from './plain-forms.ts';
import { byType, inner, listOf } from './schema-combinators.ts';

/** Bounds that no conversation comes near; what a model can read is far less. */
const MAX_MESSAGES = 20_000;
const MAX_PARTS = 10_000;
const MAX_CALLS = 1_000;

const text = z.string();
const nonEmptyText = z.string().refine((value) => value.trim() !== '', 'must not be empty');

const textPart = z.looseObject({ type: z.literal('text'), text });
const contentPart = byType({
  text: textPart,
  image_url: z.looseObject({
    type: z.literal('image_url'),
    image_url: z.looseObject({ url: nonEmptyText, detail: text.nullish() }),
  }),
  input_audio: z.looseObject({
    type: z.literal('input_audio'),
    input_audio: z.looseObject({ data: text, format: text }),
  }),
  file: z.looseObject({ type: z.literal('file'), file: z.looseObject({}) }),
  refusal: z.looseObject({ type: z.literal('refusal'), refusal: text }),
});
const dependencies = listOf(contentPart, { max: MAX_PARTS });

/** No parts at all, as some programs write an empty text, are an empty text: most providers refuse the list. */
const content = z.unknown().transform((value, context) => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? '' : inner(dependencies, value, context);
  context.addIssue('must be a string or a list of content parts');
  return z.NEVER;
});
/** For roles that may have nothing to say. */
const optionalContent = z
  .unknown()
  .transform((value, context) => (value == null ? value : inner(content, value, context)));

/** Arguments are JSON in a text; some programs keep them parsed, or leave out those of a call without any. */
const callArguments = z.unknown().transform((value, context) => {
  if (typeof value === 'string') return value;
  if (value === null) return '{}';
  if (typeof value === 'object') return JSON.stringify(value);
  context.addIssue('must be a string of JSON');
  return z.NEVER;
});
const functionCall = z.looseObject({ name: nonEmptyText, arguments: callArguments.prefault('{}') });

const functionToolCall = z.looseObject({ id: text, type: z.literal('function'), function: functionCall });
const customToolCall = z.looseObject({
  id: text,
  type: z.literal('custom'),
  custom: z.looseObject({ name: nonEmptyText, input: text }),
});
const toolCall = byType({ function: functionToolCall, custom: customToolCall });
/** A call of the past without a `type`, as some programs keep it, is of the kind that it holds. */
const pastCall = z.unknown().transform((value, context) => {
  const call = value as Record<string, unknown> | null | undefined;
  if (typeof call !== 'object' || call === null || call.type != null) return inner(toolCall, value, context);
  return inner(toolCall, { ...call, type: call.custom ? 'custom' : 'function' }, context);
});

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content }),
  z.looseObject({ role: z.literal('developer'), content }),
  z.looseObject({ role: z.literal('user'), content }),
  z.looseObject({
    role: z.literal('assistant'),
    content: optionalContent.optional(),
    tool_calls: listOf(pastCall, { max: MAX_CALLS }).nullish(),
    function_call: functionCall.nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), content, tool_call_id: nonEmptyText }),
  z.looseObject({ role: z.literal('function'), content: optionalContent, name: nonEmptyText }),
]);

/** The messages of a chat request: roles, content and calls of the past, after OpenAI's API reference. */
export const messages = listOf(message, { min: 1, max: MAX_MESSAGES, isPlain: isPlainMessage });
