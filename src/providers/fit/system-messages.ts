/**
 * One leading system message, for servers whose chat templates take no other ("System message must be at the
 * beginning", Qwen, Gemma and MiniMax on vLLM, llama.cpp and LM Studio). `developer` is OpenAI's own name of the role.
 */
import type { ChatMessage } from '../../core/openai-types.ts';

type Content = ChatMessage['content'];

/** Ours comes first, then the caller's, in their order. */
export function withOneSystemMessage(messages: ChatMessage[]): ChatMessage[] {
  const system = messages.filter(isSystem);
  const others = messages.filter((message) => !isSystem(message));
  // Templates refuse a conversation without a word of the user ("No user query found in messages").
  const question = others.length === 0 ? system.pop() : undefined;
  if (question) others.push({ role: 'user', content: question.content } as ChatMessage);
  if (system.length === 0) return others;
  const [first] = system;
  const content = system.length === 1 ? first!.content : joined(system.map((message) => message.content));
  return [{ ...first, role: 'system', content } as ChatMessage, ...others];
}

/** Whether a message speaks for the program and not for its user. */
export function isSystem({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

/** Texts become one text; as soon as one is a list (of marked parts) all are. */
function joined(contents: readonly Content[]): Content {
  if (contents.every((content) => typeof content === 'string')) return contents.filter(Boolean).join('\n\n');
  const parts = contents.flatMap((content): unknown[] =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : [...(content ?? [])],
  );
  return parts as Content;
}
