/** The body of `generateContent` as a request in our shape (source: ai.google.dev/api/generate-content). */

import type { ParsedRequest } from '../../chat/parsed-request.ts';
import { asText } from '../../core/as-text.ts';
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { lengthOnly } from '../../core/raw-body.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { asksNothing, MUST_ASK, withResultsFirst } from '../conversation.ts';
import { lostFields, lostWithin, plainNames } from '../lost-fields.ts';
import { fromGeminiTools } from './content-tools.ts';
import { ContentMessages } from './contents.ts';
import { field, inBothForms, listField, objectField, toJsonSchema, wrong } from './fields.ts';

/** Fields of `generationConfig` under the names they have here. */
const NUMBERS = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  maxOutputTokens: 'max_tokens',
  candidateCount: 'n',
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
} as const;
/** Words of `thinkingConfig.thinkingLevel`. */
const LEVELS = ['minimal', 'low', 'medium', 'high'];

/** Fields that a translation carries; others, such as `safetySettings`, exist at Gemini alone. */
const CARRIED = inBothForms([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
]);
const CARRIED_CONFIG = inBothForms([
  ...Object.keys(NUMBERS),
  ...['stopSequences', 'responseMimeType', 'responseSchema', 'responseJsonSchema', 'thinkingConfig'],
]);

const CARRIED_THINKING = inBothForms(['thinkingBudget', 'thinkingLevel', 'includeThoughts']);
const CARRIED_TOOL_CONFIG = inBothForms(['functionCallingConfig']);
const CARRIED_CALLING = inBothForms(['mode', 'allowedFunctionNames']);

/** A request in our shape, and what of it the answer depends on. */
export interface ContentRequest {
  readonly parsed: ParsedRequest;
  /** The caller's own names of tools, by the shorter ones that are asked with. */
  readonly toolNames: ReadonlyMap<string, string>;
  readonly includesThoughts: boolean;
}

/** @param model of the path @throws {Failure} `invalid_request` naming the field of this API */
export function parseContentRequest(
  body: unknown,
  model: string | undefined,
  stream: boolean,
): ContentRequest {
  const fields = requireBody(body);
  const cached = field(fields, 'cachedContent');
  if (cached)
    throw wrong('cachedContent', 'names what this server does not keep: send all of it in `contents`');
  const { messages, skipped } = readContents(fields);
  const tools = fromGeminiTools(fields);
  const config = objectField(fields, 'generationConfig');
  const request = {
    messages,
    stream,
    ...numbers(config),
    ...stops(config),
    ...format(config),
    ...effort(config),
    ...tools.fields,
  };
  const parsed: ParsedRequest = {
    request: request as unknown as ChatRequest,
    model: model ?? (typeof fields.model === 'string' ? fields.model : undefined),
    user: undefined,
    // An agent that asks again wants to act again.
    cache: !tools.fields.tools,
    strictParams: false,
    door: 'gemini',
    source: lengthOnly(body),
    tellsArgumentsAsJson: true,
    dropped: [...skipped, ...tools.skipped, ...lost(fields, config)],
  };
  const thinking = objectField(config, 'thinkingConfig', 'generationConfig.thinkingConfig');
  return { parsed, toolNames: tools.names, includesThoughts: field(thinking, 'includeThoughts') === true };
}

/** What is read of a request: what counting tokens takes, too. @throws {Failure} */
export function parseContents(body: unknown): ChatRequest {
  const given = requireBody(body);
  const fields = objectField(given, 'generateContentRequest');
  const whole = Object.keys(fields).length > 0 ? fields : given;
  const request = { messages: readContents(whole).messages, stream: false, ...fromGeminiTools(whole).fields };
  return request as unknown as ChatRequest;
}

function readContents(fields: Fields) {
  const read = new ContentMessages();
  read.addSystem(field(fields, 'systemInstruction'));
  const contents = listField(fields, 'contents');
  if (contents.length === 0) throw wrong('contents', 'must be a list with at least one content');
  for (const [index, content] of contents.entries()) read.add(content, `contents.${index}`);
  if (asksNothing(read.messages)) throw wrong('contents', MUST_ASK);
  return { messages: withResultsFirst(read.messages), skipped: [...read.skipped] };
}

function requireBody(body: unknown): Fields {
  if (isJsonObject(body)) return body;
  throw invalidRequest(
    'The body must be a JSON object, such as {"contents": [{"parts": [{"text": "hello"}]}]}.',
  );
}

/** Of a setting it is said whose it is. */
function lost(fields: Fields, config: Fields): string[] {
  const ofTools = objectField(fields, 'toolConfig');
  const [thinking, calling] = [field(config, 'thinkingConfig'), field(ofTools, 'functionCallingConfig')];
  return plainNames([
    ...lostFields(fields, (name) => CARRIED.has(name)),
    ...lostWithin(config, 'generationConfig', CARRIED_CONFIG),
    ...lostFormat(config),
    ...lostWithin(thinking, 'generationConfig.thinkingConfig', CARRIED_THINKING),
    ...lostWithin(ofTools, 'toolConfig', CARRIED_TOOL_CONFIG),
    ...lostWithin(calling, 'toolConfig.functionCallingConfig', CARRIED_CALLING),
  ]);
}

/** JSON is what other models are asked for, and text is what they write in any case. */
function lostFormat(config: Fields): string[] {
  const type = field(config, 'responseMimeType') ?? 'text/plain';
  return type === 'text/plain' || type === 'application/json' ? [] : ['generationConfig.responseMimeType'];
}

function numbers(config: Fields): object {
  const given = Object.entries(NUMBERS).flatMap(([name, own]) => {
    const value = field(config, name);
    if (value == null) return [];
    if (typeof value !== 'number') throw wrong(`generationConfig.${name}`, 'must be a number');
    return [[own, value] as const];
  });
  return Object.fromEntries(given);
}

function stops(config: Fields): object {
  const stop = field(config, 'stopSequences');
  return Array.isArray(stop) && stop.length > 0 ? { stop } : {};
}

function format(config: Fields): object {
  if (field(config, 'responseMimeType') !== 'application/json') return {};
  const schema = field(config, 'responseJsonSchema') ?? field(config, 'responseSchema');
  if (!isJsonObject(schema)) return { response_format: { type: 'json_object' } };
  const json_schema = { name: 'output', schema: toJsonSchema(schema) };
  return { response_format: { type: 'json_schema', json_schema } };
}

/** A level, or the older budget in tokens: 0 is none, -1 the model's own choice. */
function effort(config: Fields): object {
  const thinking = objectField(config, 'thinkingConfig', 'generationConfig.thinkingConfig');
  const level = asText(field(thinking, 'thinkingLevel') ?? '').toLowerCase();
  if (LEVELS.includes(level)) return { reasoning_effort: level };
  const budget = field(thinking, 'thinkingBudget');
  if (typeof budget !== 'number' || budget < 0) return {};
  if (budget === 0) return { reasoning_effort: 'none' };
  return { reasoning_effort: budget <= 2_048 ? 'low' : budget < 16_000 ? 'medium' : 'high' };
}
