/** Reads a request of OpenAI's Responses API: what is asked, and what OpenAI refuses in it. */
import type { SimulatedQuestion, Turn } from './draft.ts';
import type { ErrorDetails } from './error-texts.ts';
import { contentText, openaiInvalid, reasoningModel, textOf } from './openai-question.ts';
import type { ToolChoice, ToolSpec } from './tools.ts';
import { isObject, type JsonObject, objectsIn } from './wire.ts';

/** A tool as it was offered: what a call of it has to say. */
export interface OfferedTool extends ToolSpec {
  kind: 'function' | 'custom';
  namespace?: string;
}

/** What the simulated model has thought begins so; nothing else can be read again. */
export const ENCRYPTED_BY_SIMULATOR = 'gAAAAABsimulated';

/** Parameters of chat completions, which this API refuses by name. */
const OF_CHAT = [
  'messages',
  'n',
  'stop',
  'seed',
  'max_tokens',
  'max_completion_tokens',
  'response_format',
  'reasoning_effort',
];
const MIN_OUTPUT_TOKENS = 16;

/** What is wrong with a request, or `undefined`. */
export function responsesRefusal(body: unknown): ErrorDetails | undefined {
  if (!isObject(body)) return openaiInvalid('We could not parse the JSON body of your request.', null, null);
  if (typeof body.model !== 'string' || body.model === '')
    return openaiInvalid('you must provide a model parameter', 'model', 'missing_required_parameter');
  const unknown = OF_CHAT.find((name) => name in body);
  if (unknown) return openaiInvalid(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter');
  if (typeof body.input !== 'string' && !Array.isArray(body.input))
    return openaiInvalid("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  if (typeof body.max_output_tokens === 'number' && body.max_output_tokens < MIN_OUTPUT_TOKENS) {
    const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${MIN_OUTPUT_TOKENS}, but got ${body.max_output_tokens} instead.`;
    return openaiInvalid(message, 'max_output_tokens', 'integer_below_min_value');
  }
  const isReasoning = reasoningModel.test(body.model);
  if (isObject(body.reasoning) && !isReasoning) {
    const message = "Unsupported parameter: 'reasoning.effort' is not supported with this model.";
    return openaiInvalid(message, 'reasoning.effort', 'unsupported_parameter');
  }
  const sampling = isReasoning && ['temperature', 'top_p'].find((name) => (body[name] ?? 1) !== 1);
  if (sampling) {
    const message = `Unsupported parameter: '${sampling}' is not supported with this model.`;
    return openaiInvalid(message, sampling, 'unsupported_parameter');
  }
  const unreadable = objectsIn(body.input).some(
    ({ type, encrypted_content: content }) =>
      type === 'reasoning' && !String(content).startsWith(ENCRYPTED_BY_SIMULATOR),
  );
  if (!unreadable) return undefined;
  const message =
    'The encrypted content could not be verified. Reason: Encrypted content could not be decrypted.';
  return openaiInvalid(message, null, 'invalid_encrypted_content');
}

/** Puts a valid request in provider-neutral terms. */
export function responsesQuestion(body: JsonObject): SimulatedQuestion & { readonly tools: OfferedTool[] } {
  const items =
    typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : objectsIn(body.input);
  const json = jsonMode(isObject(body.text) ? body.text.format : undefined);
  return {
    turns: [
      ...(typeof body.instructions === 'string'
        ? [{ role: 'system' as const, text: body.instructions }]
        : []),
      ...items.flatMap(turnsOf),
    ],
    tools: [body, ...items].flatMap(({ tools }) => offeredTools(tools)),
    toolChoice: toolChoiceOf(body.tool_choice),
    parallelToolCalls: body.parallel_tool_calls !== false,
    ...(typeof body.max_output_tokens === 'number' && { maxTokens: body.max_output_tokens }),
    stop: [],
    ...(json && { json }),
    continuesPrefill: false,
  };
}

function turnsOf(item: JsonObject): Turn[] {
  const type = String(item.type ?? 'message');
  if (type.endsWith('_call_output')) return [{ role: 'tool', text: contentText(item.output) }];
  if (type.endsWith('_call')) return [{ role: 'assistant', text: '' }];
  if (type !== 'message') return [];
  const isSystem = item.role === 'system' || item.role === 'developer';
  const role = isSystem ? 'system' : item.role === 'assistant' ? 'assistant' : 'user';
  return [{ role, ...textOf(item.content) }];
}

function offeredTools(list: unknown, namespace?: string): OfferedTool[] {
  return objectsIn(list).flatMap((tool): OfferedTool[] => {
    if (tool.type === 'namespace') return offeredTools(tool.tools, String(tool.name));
    if (tool.type !== 'function' && tool.type !== 'custom') return [];
    const schema = tool.type === 'function' && isObject(tool.parameters) ? tool.parameters : {};
    return [{ kind: tool.type, name: String(tool.name), schema, ...(namespace && { namespace }) }];
  });
}

function toolChoiceOf(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required') return choice;
  return isObject(choice) && typeof choice.name === 'string' ? { name: choice.name } : 'auto';
}

function jsonMode(format: unknown): SimulatedQuestion['json'] {
  if (!isObject(format)) return undefined;
  if (format.type === 'json_object') return 'object';
  return format.type === 'json_schema' && isObject(format.schema) ? format.schema : undefined;
}
