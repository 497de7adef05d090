/** Messages as servers of OpenAI's wire take them, where they know fewer roles, fields and parts than OpenAI. */

import type { MutableFields } from '../core/json-object.ts';
import type { ChatMessage } from '../core/openai-types.ts';
import { unsupported } from './features.ts';
import { type ContentDialect, type ContentReport, fitContent } from './fit/fit-content.ts';
import { ANY_TOOL_IDS, type ToolIdAlphabet, withToolIds } from './fit/tool-ids.ts';
import type { Target } from './provider.ts';

/** What a server knows of OpenAI's messages. */
export interface MessageDialect extends ContentDialect {
  /** System and developer messages may stand anywhere. Elsewhere they are joined into one leading system message. */
  readonly keepsSystemMessages?: boolean;
  /** Fields of a message it takes, beside `role` and `content`. `MESSAGE_FIELDS` without it. */
  readonly messageFields?: readonly string[];
  /** Fields of a tool call it takes, beside `id`, `type`, `function` and `custom`. */
  readonly toolCallFields?: readonly string[];
  readonly toolIds?: ToolIdAlphabet;
  /** `content: null` beside tool calls is as OpenAI has it. Elsewhere it is `""`, which also strict servers take. */
  readonly takesNullContent?: boolean;
  /** An assistant message at the end, which is to be gone on with, wants this field. */
  readonly prefillMark?: string;
  /** A turn of the assistant that says and calls nothing is a 400, not an empty turn. */
  readonly refusesEmptyTurns?: boolean;
  /** After results of tools it takes no word of the user before one of the assistant. */
  readonly answersResultsFirst?: boolean;
}

/** What servers of this wire have in common. Thoughts are told to those that do not mind. */
export const MESSAGE_FIELDS = ['name', 'tool_calls', 'tool_call_id', 'reasoning_content', 'reasoning'];
const TOOL_CALL_FIELDS = ['id', 'type', 'function', 'custom'];

/** A conversation as the server takes it. */
export interface FittedMessages {
  readonly messages: ChatMessage[];
  /** Names of what was left out: `messages.name`. */
  readonly dropped: readonly string[];
}

/** Names of fields that a server takes. */
interface TakenFields {
  readonly ofMessage: ReadonlySet<string>;
  readonly ofCall: ReadonlySet<string>;
}

/** @throws {UpstreamFailure} unsupported, for content the server has not and that cannot be left out */
export function fitMessages(
  messages: ChatMessage[],
  dialect: MessageDialect,
  target: Target,
): FittedMessages {
  const dropped = new Set<string>();
  const report: ContentReport = {
    drop: (name) => dropped.add(name),
    refuse: (what) => {
      throw unsupported(what, 'messages', target);
    },
  };
  const ordered = dialect.keepsSystemMessages ? messages : withOneSystemMessage(messages);
  const taken: TakenFields = {
    ofMessage: new Set(['role', 'content', ...(dialect.messageFields ?? MESSAGE_FIELDS)]),
    ofCall: new Set([...TOOL_CALL_FIELDS, ...(dialect.toolCallFields ?? [])]),
  };
  const called = ordered.some(({ role }) => role === 'assistant' || role === 'tool')
    ? withToolIds(ordered, dialect.toolIds ?? ANY_TOOL_IDS)
    : ordered;
  const fitted: MutableFields[] = [];
  for (const message of called) {
    const one = fitMessage(message, dialect, taken, report);
    if (one && !(dialect.refusesEmptyTurns && saysNothing(one))) fitted.push(one);
  }
  if (fitted.length === 0) throw unsupported('what the conversation holds', 'messages', target);
  if (dialect.answersResultsFirst) answerResults(fitted);
  const last = fitted.at(-1);
  if (dialect.prefillMark && last?.role === 'assistant' && !last.tool_calls)
    fitted[fitted.length - 1] = { ...last, [dialect.prefillMark]: true };
  return { messages: fitted as unknown as ChatMessage[], dropped: [...dropped] };
}

/** Who breaks a loop of tools off, or looks at a picture that one gave, speaks right after its results. */
function answerResults(messages: MutableFields[]): void {
  for (let at = messages.length - 1; at > 0; at--)
    if (messages[at]!.role === 'user' && messages[at - 1]!.role === 'tool')
      messages.splice(at, 0, { role: 'assistant', content: 'OK.' });
}

/**
 * One leading system message, for servers whose chat templates take no other ("System message must be at the
 * beginning", Qwen, Gemma and MiniMax on vLLM, llama.cpp and LM Studio): ours first, then the caller's, in their order.
 */
function withOneSystemMessage(messages: ChatMessage[]): ChatMessage[] {
  const system = messages.filter(isSystem);
  const others = messages.filter((message) => !isSystem(message));
  // Templates refuse a conversation without a word of the user ("No user query found in messages").
  const question = others.length === 0 ? system.pop() : undefined;
  if (question) others.push({ role: 'user', content: question.content } as ChatMessage);
  if (system.length === 0) return others;
  const [first] = system;
  const content =
    system.length === 1 ? first!.content : joinedContents(system.map((message) => message.content));
  return [{ ...first, role: 'system', content } as ChatMessage, ...others];
}

/** `developer` is OpenAI's own name of the role. */
function isSystem({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

/** Texts become one text; as soon as one is a list (of marked parts) all are. */
function joinedContents(contents: readonly ChatMessage['content'][]): ChatMessage['content'] {
  if (contents.every((content) => typeof content === 'string')) return contents.filter(Boolean).join('\n\n');
  const parts = contents.flatMap((content): unknown[] =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : [...(content ?? [])],
  );
  return parts as ChatMessage['content'];
}

/** @returns the same message where nothing has to change, so that it can be passed on as it came; nothing where nothing is left */
function fitMessage(
  message: ChatMessage,
  dialect: MessageDialect,
  taken: TakenFields,
  report: ContentReport,
): MutableFields | undefined {
  const { content, tool_calls: calls } = message as unknown as MutableFields;
  const fittedCalls = Array.isArray(calls) ? fitCalls(calls, taken.ofCall) : calls;
  if (typeof content === 'string' && fittedCalls === calls && hasOnly(message, taken.ofMessage))
    return message as unknown as MutableFields;
  const own = withOwnFields(message, taken.ofMessage, report);
  // Nothing is left of a turn of thinking alone, where thoughts are not taken.
  if (own.role === 'assistant' && own.content == null && Object.keys(own).length <= 2) return undefined;
  // Text is as every server takes it.
  if (typeof own.content === 'object') own.content = fitContent(message.content, dialect, report);
  if (own.content == null && own.role === 'assistant' && !dialect.takesNullContent) own.content = '';
  if (own.tool_calls) own.tool_calls = fittedCalls;
  return own;
}

function saysNothing({ role, content, tool_calls: calls }: MutableFields): boolean {
  return (
    role === 'assistant' && !calls && (content === '' || (Array.isArray(content) && content.length === 0))
  );
}

function hasOnly(message: object, fields: ReadonlySet<string>): boolean {
  for (const name in message) {
    const value = (message as MutableFields)[name];
    if (!fields.has(name) || value === null || value === undefined) return false;
    if (Array.isArray(value) && value.length === 0) return false;
  }
  return true;
}

/** A copy with the fields the server takes; what it does not take is named when it says something. */
function withOwnFields(
  message: ChatMessage,
  fields: ReadonlySet<string>,
  report: ContentReport,
): MutableFields {
  const own: MutableFields = {};
  for (const [name, value] of Object.entries(message)) {
    if (name === 'content') own.content = value;
    else if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    else if (fields.has(name)) own[name] = value;
    // A tool's result says by its id which tool it is of.
    else if (value !== '' && !(name === 'name' && message.role === 'tool')) report.drop(labelOf(name));
  }
  return own;
}

/** A name that a header can hold (`x-dropped-params`). */
function labelOf(name: string): string {
  if (name === 'cache_control') return name;
  return /^[\w.-]{1,64}$/.test(name) ? `messages.${name}` : 'messages';
}

/** Without fields that only another server understands (Gemini's signature of a thought, the index in a stream). @returns the same list where none has any */
function fitCalls(calls: readonly MutableFields[], names: ReadonlySet<string>): readonly MutableFields[] {
  const fitted = calls.map((call) => {
    if (call.type != null && hasOnly(call, names)) return call;
    const own = Object.fromEntries(
      Object.entries(call).filter(([name, value]) => names.has(name) && value != null),
    );
    own.type ??= 'function';
    return own;
  });
  return fitted.every((call, index) => call === calls[index]) ? calls : fitted;
}
