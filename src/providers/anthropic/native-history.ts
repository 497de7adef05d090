/**
 * The turns of a conversation as Anthropic takes them back. What it wrote itself goes back as it is; ids and thinking that
 * another provider gave in between are put right, in the same way each time.
 */
import { asText } from '../../core/as-text.ts';
import { isEnvelope } from '../../core/encrypted-reasoning.ts';
import type { Fields } from '../../core/json-object.ts';
import { ANTHROPIC_TOOL_IDS, ToolIds } from '../fit/tool-ids.ts';

/** A conversation as Anthropic takes it, and what was found on the way. */
export interface FittedHistory {
  readonly messages: readonly Fields[];
  readonly isChanged: boolean;
  /** The last round of tools has no thinking before its calls. */
  readonly lacksThoughts: boolean;
}

/** @param dropsThoughts the thinking is bound to another model */
export function fitHistory(turns: readonly Fields[], dropsThoughts: boolean): FittedHistory {
  const fitted = withoutThoughts(turns, dropsThoughts);
  const messages = hasForeignIds(fitted) ? withOwnIds(fitted) : fitted;
  const isChanged = messages !== turns;
  return { messages, isChanged, lacksThoughts: lacksThoughts(messages) };
}

function blocksOf({ content }: Fields): readonly Fields[] {
  return Array.isArray(content) ? content : [];
}

/** Thinking without a signature of Anthropic's is another provider's, and a turn of nothing else would be empty. */
function withoutThoughts(turns: readonly Fields[], all: boolean): readonly Fields[] {
  const isLeftOut = ({ type, signature, data }: Fields) => {
    if (type !== 'thinking' && type !== 'redacted_thinking') return false;
    return all || isEnvelope(signature) || !(type === 'thinking' ? signature : data);
  };
  if (!turns.some((turn) => turn.role === 'assistant' && blocksOf(turn).some(isLeftOut))) return turns;
  return turns.flatMap((turn) => {
    if (turn.role !== 'assistant' || !blocksOf(turn).some(isLeftOut)) return [turn];
    const content = blocksOf(turn).filter((block) => !isLeftOut(block));
    return content.length > 0 ? [{ ...turn, content }] : [];
  });
}

function hasForeignIds(turns: readonly Fields[]): boolean {
  const { pattern } = ANTHROPIC_TOOL_IDS;
  return turns.some((turn) =>
    blocksOf(turn).some(({ type, id }) => type === 'tool_use' && !pattern.test(asText(id))),
  );
}

function withOwnIds(turns: readonly Fields[]): Fields[] {
  const ids = new ToolIds(ANTHROPIC_TOOL_IDS);
  return turns.map((turn) => {
    const blocks = blocksOf(turn);
    if (blocks.length === 0) return turn;
    if (turn.role === 'assistant') ids.startTurn();
    const content = blocks.map((block) => {
      if (block.type === 'tool_use') return { ...block, id: ids.ofCall(asText(block.id)) };
      if (block.type === 'tool_result')
        return { ...block, tool_use_id: ids.ofResult(asText(block.tool_use_id)) };
      return block;
    });
    return { ...turn, content };
  });
}

/** "Expected `thinking` or `redacted_thinking`, but found `tool_use`": the call whose results are told next. */
function lacksThoughts(turns: readonly Fields[]): boolean {
  const spoken = turns.filter(({ role }) => role !== 'system');
  const [call, results] = spoken.slice(-2);
  if (call?.role !== 'assistant' || !blocksOf(results ?? {}).some(({ type }) => type === 'tool_result'))
    return false;
  const first = blocksOf(call)[0]?.type;
  return first !== 'thinking' && first !== 'redacted_thinking';
}
