/** Reads an OpenAI-shaped request (OpenAI and Together): what is asked, and what the provider refuses in it. */
import type { SimulatedQuestion, Turn } from './draft.ts';
import type { ErrorDetails } from './error-texts.ts';
import type { ToolChoice, ToolSpec } from './tools.ts';
import { isObject, type JsonObject, objectsIn, type SimulatedProvider } from './wire.ts';

/** Together's own parameters, which OpenAI refuses by name. */
const togetherOnly = [
  'top_k',
  'min_p',
  'repetition_penalty',
  'safety_model',
  'context_length_exceeded_behavior',
];

/** Models that refuse what OpenAI's reasoning models refuse. */
export const reasoningModel = /^(o\d|gpt-[5-9])/;

/** OpenAI's error for a request that is wrong: what is wrong, and with which parameter. */
export function openaiInvalid(message: string, param: string | null, code: string | null): ErrorDetails {
  return { type: 'invalid_request_error', message, param, code };
}

/** What is wrong with a request in the eyes of the provider, or `undefined`. */
export function openaiRefusal(provider: SimulatedProvider, body: unknown): ErrorDetails | undefined {
  if (!isObject(body)) return openaiInvalid('We could not parse the JSON body of your request.', null, null);
  if (typeof body.model !== 'string' || body.model === '') {
    return openaiInvalid('you must provide a model parameter', 'model', 'missing_required_parameter');
  }
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    return openaiInvalid("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  }
  if (provider !== 'openai') return undefined;
  const unknown = togetherOnly.find((name) => name in body);
  if (unknown) return openaiInvalid(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter');
  if (!reasoningModel.test(body.model)) return undefined;
  if ('max_tokens' in body) {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    return openaiInvalid(message, 'max_tokens', 'unsupported_parameter');
  }
  const sampling = ['temperature', 'top_p'].find((name) => (body[name] ?? 1) !== 1);
  if (!sampling) return undefined;
  const message = `Unsupported value: '${sampling}' does not support ${body[sampling]} with this model. Only the default (1) value is supported.`;
  return openaiInvalid(message, sampling, 'unsupported_value');
}

/** Puts a valid request in provider-neutral terms. */
export function openaiQuestion(provider: SimulatedProvider, body: JsonObject): SimulatedQuestion {
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  const json = jsonMode(body.response_format);
  return {
    turns: objectsIn(body.messages).map(turnOf),
    tools: toolsOf(body),
    toolChoice: toolChoiceOf(body.tool_choice ?? body.function_call),
    // Legacy functions are called one at a time.
    parallelToolCalls: body.parallel_tool_calls !== false && Array.isArray(body.tools),
    ...(typeof maxTokens === 'number' && { maxTokens }),
    stop: [body.stop].flat().filter((text) => typeof text === 'string'),
    ...(json && { json }),
    continuesPrefill: provider === 'together',
  };
}

function turnOf(message: JsonObject): Turn {
  const roles: { [role: string]: Turn['role'] } = {
    system: 'system',
    developer: 'system',
    assistant: 'assistant',
    tool: 'tool',
    function: 'tool',
  };
  return { role: roles[String(message.role)] ?? 'user', ...textOf(message.content) };
}

/** All the text of a message, and the last part of it. */
export function textOf(content: unknown): Pick<Turn, 'text' | 'lastPart'> {
  const lastPart = Array.isArray(content)
    ? objectsIn(content).findLast((part) => typeof part.text === 'string')?.text
    : undefined;
  return { text: contentText(content), ...(typeof lastPart === 'string' && { lastPart }) };
}

/** The text of a message's content, which is a string or an array of parts. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsIn(content)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .join('');
}

function toolsOf(body: JsonObject): ToolSpec[] {
  const functions = Array.isArray(body.tools)
    ? objectsIn(body.tools).map((tool) => tool.function)
    : objectsIn(body.functions);
  return functions.filter(isObject).map((fn) => ({
    name: String(fn.name),
    schema: isObject(fn.parameters) ? fn.parameters : {},
  }));
}

function toolChoiceOf(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required') return choice;
  if (!isObject(choice)) return 'auto';
  const named = isObject(choice.function) ? choice.function.name : choice.name;
  return typeof named === 'string' ? { name: named } : 'auto';
}

function jsonMode(format: unknown): SimulatedQuestion['json'] {
  if (!isObject(format)) return undefined;
  if (format.type === 'json_object') return 'object';
  if (format.type !== 'json_schema') return undefined;
  // Together also took the schema beside the type.
  const schema = isObject(format.json_schema) ? format.json_schema.schema : format.schema;
  return isObject(schema) ? schema : 'object';
}
