import type { ChatMessage } from '../core/openai-types.ts';

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
