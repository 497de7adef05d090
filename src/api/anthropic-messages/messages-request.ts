/**
 * The body of `POST /v1/messages` as a request in our shape. Claude Code answers a 400 with up to six more requests, so
 * only what makes an answer impossible is refused; fields we do not know are passed over.
 */

import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedRequest } from '../../chat/parsed-request.ts';
import { isJsonObject } from '../../core/json-object.ts';
import type { NativeRequest } from '../../core/native-request.ts';
import type { ChatMessage, ChatRequest } from '../../core/openai-types.ts';
import { MUST_ASK, withResultsFirst } from '../conversation.ts';
import { lostFields, lostWithin, plainNames } from '../lost-fields.ts';
import { addAssistantTurn, addUserTurn, type ContentBlock, type TranslatedTurns } from './content-blocks.ts';
import { fromMessagesTools } from './messages-tools.ts';
import { invalidField, requireBlocks, requireString } from './messages-validation.ts';

/** Claude Code puts this block first; it differs in every conversation, and so would spoil any prompt cache. */
const BILLING_HEADER = 'x-anthropic-billing-header:';

/** A body that is an object; nothing else of it has been checked. */
export type MessagesBody = Readonly<Record<string, unknown>>;

/** @throws {Failure} `invalid_request` naming the field of this API */
export function parseMessagesRequest(body: MessagesBody, headers: IncomingHttpHeaders): ParsedRequest {
  refuseThreads(body);
  const { model, request, dropped } = parseConversation(body);
  const stops = body.stop_sequences;
  const fields = {
    ...request,
    stream: body.stream === true,
    max_tokens: maxTokens(body.max_tokens),
    ...sampling(body),
    ...outputConfig(body),
    ...(Array.isArray(stops) && stops.length > 0 && { stop: stops }),
  };
  return {
    request: fields as unknown as ChatRequest,
    model,
    user: userOf(body),
    // An agent that asks again wants to act again.
    cache: !request.tools,
    strictParams: false,
    door: 'messages',
    tellsArgumentsAsJson: true,
    source: body,
    native: asNative(body, headers),
    dropped: [...dropped, ...lost(body)],
  };
}

/** Fields of the body that a translation carries. */
const CARRIED = new Set([
  ...['model', 'messages', 'system', 'tools', 'tool_choice', 'max_tokens', 'stream', 'stop_sequences'],
  ...['temperature', 'top_p', 'top_k', 'output_config', 'output_format', 'thinking', 'metadata', 'thread'],
]);

const OF_THINKING: ReadonlySet<string> = new Set(['type', 'budget_tokens']);
const OF_OUTPUT: ReadonlySet<string> = new Set(['effort', 'format']);
const OF_METADATA: ReadonlySet<string> = new Set(['user_id']);

function lost({ thinking, output_config: output, metadata, ...body }: MessagesBody): string[] {
  const { type } = (thinking ?? {}) as { type?: unknown };
  const { effort, format } = (output ?? {}) as { effort?: unknown; format?: { type?: unknown } | null };
  const isAllLost = type === 'adaptive' && effort == null;
  return plainNames([
    ...lostFields(body, (name) => CARRIED.has(name)),
    ...(isAllLost ? ['thinking'] : lostWithin(thinking, 'thinking', OF_THINKING)),
    ...lostWithin(output, 'output_config', OF_OUTPUT),
    ...(format != null && format.type !== 'json_schema' ? ['output_config.format'] : []),
    ...lostWithin(metadata, 'metadata', OF_METADATA),
  ]);
}

/** The request as it came, for a provider of this wire. */
export function asNative(body: MessagesBody, headers: IncomingHttpHeaders): NativeRequest {
  return { wire: 'messages', body, headers: nativeHeaders(headers) };
}

/** Versions and betas, for a provider of this wire. Values that no version has are not sent on. */
function nativeHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ['anthropic-version', 'anthropic-beta']) {
    const value = headers[name];
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text && /^[\w.,: -]{1,4096}$/.test(text)) found[name] = text;
  }
  return found;
}

/** The part of a request that is read: what counting tokens takes, too. @throws {Failure} */
export function parseConversation(body: MessagesBody): {
  readonly model: string;
  readonly request: ChatRequest;
  readonly dropped: readonly string[];
} {
  const model = requireString(body.model, 'model');
  const turns = turnsOf(body.messages);
  const to: TranslatedTurns = { messages: systemMessages(body.system), skipped: new Set() };
  for (let index = 0; index < turns.length; index++) addTurn(turns[index]!, `messages.${index}`, to);
  const tools = fromMessagesTools(
    optionalList(body.tools, 'tools'),
    body.tool_choice as ContentBlock | undefined,
  );
  const request = { messages: withResultsFirst(to.messages), stream: false, ...tools.fields };
  const dropped = [...to.skipped].map((kind) => `messages (${kind})`);
  return { model, request, dropped: [...new Set([...dropped, ...tools.skipped])] };
}

/** @throws {Failure} naming what is wrong in it */
function addTurn(
  { role, content: given }: Readonly<Record<string, unknown>>,
  where: string,
  to: TranslatedTurns,
) {
  const content = requireBlocks(given, `${where}.content`);
  if (role === 'user') addUserTurn(content, to);
  else if (role === 'assistant') addAssistantTurn(content, to);
  else if (role === 'system') to.messages.push(...systemMessages(content));
  else throw invalidField(`${where}.role`, 'must be `user` or `assistant`');
}

/**
 * A thread is a conversation that is kept by the server; its client goes on without when it is told so in these words
 * (`details` of the error, see message-error.ts; seen with toolRunner of @anthropic-ai/sdk 1.14).
 */
function refuseThreads(body: MessagesBody): void {
  if (body.thread != null)
    throw invalidField('thread', 'this server keeps no threads: send the whole conversation');
}

/** Claude Code sends JSON with its device and session here, which is no name of a user. */
function userOf({ metadata }: MessagesBody): string | undefined {
  const { user_id: user } = (metadata ?? {}) as { user_id?: unknown };
  return typeof user === 'string' && user !== '' && !user.startsWith('{') ? user.slice(0, 256) : undefined;
}

function systemMessages(system: unknown): ChatMessage[] {
  if (system == null || system === '') return [];
  if (typeof system === 'string') return [{ role: 'system', content: system }];
  const blocks = requireBlocks(system, 'system') as readonly ContentBlock[];
  const dependencies = blocks
    .filter(({ text }) => typeof text === 'string' && !text.startsWith(BILLING_HEADER))
    .map((block) => ({
      type: 'text',
      text: block.text,
      ...(block.cache_control != null && { cache_control: block.cache_control }),
    }));
  return dependencies.length > 0 ? [{ role: 'system', content: dependencies } as unknown as ChatMessage] : [];
}

function turnsOf(messages: unknown): readonly Record<string, unknown>[] {
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalidField('messages', 'must be a list with at least one message');
  const odd = messages.findIndex((turn) => !isJsonObject(turn));
  if (odd >= 0) throw invalidField(`messages.${odd}`, 'must be an object');
  // Blocks of a kind that is not known here may ask something of a provider with the same wire.
  if (messages.every(({ content }) => Array.isArray(content) && content.length === 0))
    throw invalidField('messages', MUST_ASK);
  return messages;
}

function optionalList(value: unknown, field: string): readonly ContentBlock[] {
  if (value == null) return [];
  if (!Array.isArray(value) || !value.every(isJsonObject))
    throw invalidField(field, 'must be a list of objects');
  return value;
}

function maxTokens(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 1)
    throw invalidField(
      'max_tokens',
      'is required: how many tokens the answer may have, a whole number from 1',
    );
  return value as number;
}

function sampling(body: MessagesBody): object {
  const fields = ['temperature', 'top_p', 'top_k'].filter((name) => body[name] != null);
  for (const name of fields) if (typeof body[name] !== 'number') throw invalidField(name, 'must be a number');
  return Object.fromEntries(fields.map((name) => [name, body[name]]));
}

/** Effort and output format; the older `thinking` budget says the effort in tokens. */
function outputConfig(body: MessagesBody): object {
  const config = (body.output_config ?? {}) as { effort?: unknown; format?: Record<string, unknown> };
  const thinking = body.thinking as { type?: unknown; budget_tokens?: unknown } | undefined;
  const effort =
    typeof config.effort === 'string'
      ? config.effort
      : thinking?.type === 'enabled'
        ? effortOf(Number(thinking.budget_tokens))
        : undefined;
  const format = config.format ?? (body.output_format as Record<string, unknown> | undefined);
  return {
    ...(effort && { reasoning_effort: effort }),
    ...(format?.type === 'json_schema' && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'output', schema: format.schema, strict: true },
      },
    }),
  };
}

/** Anthropic's guide counts 1,024 tokens as the least and 16,000 as much. */
function effortOf(budgetTokens: number): string {
  if (budgetTokens <= 2_048) return 'low';
  return budgetTokens < 16_000 ? 'medium' : 'high';
}
