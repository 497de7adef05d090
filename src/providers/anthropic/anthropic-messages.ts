/** OpenAI's conversation as Anthropic's: system apart, roles in turns, tool calls and results as content blocks. */
import { asText } from '../../core/as-text.ts';
import { parseBoundedJson } from '../../core/bounded-json.ts';
import type { ChatMessage } from '../../core/openai-types.ts';
import { ANTHROPIC_TOOL_IDS, withToolIds } from '../fit/tool-ids.ts';
import { type Block, contentBlocks } from './anthropic-content.ts';
import { fromThoughts } from './thoughts.ts';

/** A turn; roles alternate, so messages of one role in a row are one turn. */
export interface AnthropicTurn {
  readonly role: 'user' | 'assistant';
  content: Block[];
}

/** Anthropic wants a conversation to begin with the user; this stands in where the caller's does not. */
const BEGIN: Block = { type: 'text', text: '(The conversation begins with the assistant.)' };

/** @param dropsThoughts they are bound to another model */
export function toAnthropicMessages(
  messages: readonly ChatMessage[],
  dropsThoughts = false,
): { system: Block[]; messages: AnthropicTurn[] } {
  const system: Block[] = [];
  const turns: AnthropicTurn[] = [];
  for (const message of withToolIds([...messages], ANTHROPIC_TOOL_IDS)) {
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...marked(message, contentBlocks(message.content)));
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = marked(message, blocksOf(message, dropsThoughts));
    if (content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  // Instructions and nothing else: the last of them is the question.
  const question = turns.length === 0 ? system.pop() : undefined;
  if (question) turns.push({ role: 'user', content: [question] });
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', content: [BEGIN] });
  for (const turn of turns) if (turn.role === 'user') turn.content = resultsFirst(turn.content);
  trimPrefill(turns.at(-1)!);
  return { system, messages: turns };
}

const GO_ON: Block = {
  type: 'text',
  text: 'Go on exactly where your last message stops, and repeat nothing of it.',
};

/** For models that refuse a conversation that ends with the assistant. */
export function withoutPrefill(turns: AnthropicTurn[]): AnthropicTurn[] {
  const last = turns.at(-1);
  const isPrefill = last?.role === 'assistant' && !last.content.some(({ type }) => type === 'tool_use');
  return isPrefill ? [...turns, { role: 'user', content: [GO_ON] }] : turns;
}

function blocksOf(message: ChatMessage, dropsThoughts: boolean): Block[] {
  switch (message.role) {
    case 'tool':
      return [
        {
          type: 'tool_result',
          tool_use_id: message.tool_call_id,
          content: contentBlocks(message.content),
          ...((message as { is_error?: unknown }).is_error === true && { is_error: true }),
        },
      ];
    case 'assistant': {
      const calls = (message.tool_calls ?? []).flatMap((call) =>
        // Some clients leave the type out of calls of the past.
        'function' in call && call.function
          ? [
              {
                type: 'tool_use',
                id: call.id,
                name: call.function.name,
                input: parsedArguments(call.function.arguments),
              },
            ]
          : [],
      );
      return [...(dropsThoughts ? [] : fromThoughts(message)), ...contentBlocks(message.content), ...calls];
    }
    default:
      return contentBlocks(message.content);
  }
}

/** A mark on a whole message is one on its last block. */
function marked(message: object, blocks: Block[]): Block[] {
  const { cache_control: mark } = message as { cache_control?: unknown };
  const last = blocks.at(-1);
  if (last && mark != null) last.cache_control ??= mark;
  return blocks;
}

/** "`tool_use` ids were found without `tool_result` blocks immediately after": what else was said comes after them. */
function resultsFirst(content: Block[]): Block[] {
  const isResult = ({ type }: Block) => type === 'tool_result';
  return [...content.filter(isResult), ...content.filter((block) => !isResult(block))];
}

/** A model's own arguments may be broken JSON; Anthropic wants an object. */
function parsedArguments(text: string): unknown {
  try {
    const parsed: unknown = parseBoundedJson(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Anthropic refuses white space at the end of an answer it is to go on with. */
function trimPrefill({ role, content }: AnthropicTurn): void {
  const last = content.at(-1);
  if (role === 'assistant' && last?.type === 'text') last.text = asText(last.text).trimEnd();
}
