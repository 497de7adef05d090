/** What every wire of chat messages asks of a conversation, whichever door it came in by. */
import type { ChatMessage } from '../core/openai-types.ts';

/** What is said, after the field's name, of a conversation in which nobody says anything. */
export const MUST_ASK = 'must hold something that a model can be asked, such as a text';

/** Nothing is left but instructions: its parts are empty, or of kinds that no wire of chats has. */
export function asksNothing(messages: readonly ChatMessage[]): boolean {
  return messages.every(({ role }) => role === 'system');
}

/**
 * Results of tools right behind their calls, as every wire of chat messages wants them. Agents put other things between:
 * pictures that came with a result, a word of the system, what the user typed meanwhile. Those follow.
 */
export function withResultsFirst(messages: readonly ChatMessage[]): ChatMessage[] {
  const ordered: ChatMessage[] = [];
  /** Calls without a result so far. */
  let open = new Set<string>();
  let between: ChatMessage[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      ordered.push(message);
      open.delete(message.tool_call_id);
      if (open.size > 0) continue;
    } else if (message.role !== 'assistant') {
      (open.size > 0 ? between : ordered).push(message);
      continue;
    }
    ordered.push(...between);
    between = [];
    if (message.role !== 'assistant') continue;
    ordered.push(message);
    open = new Set(message.tool_calls?.map(({ id }) => id));
  }
  return [...ordered, ...between];
}
