/** Messages as servers of OpenAI's wire take them, where they know fewer roles and fields than OpenAI. */
import type { ChatMessage } from '../core/openai-types.ts';

export interface MessageDialect {
  /** `developer` messages are unknown to it: they go as `system`, which is what OpenAI called them before. */
  readonly developerAsSystem?: boolean;
  /** Fields of a message it answers 400 to, left out and named: other servers' `reasoning_content`, or `name`. */
  readonly messageDrops?: readonly string[];
}

export interface FittedMessages {
  readonly messages: ChatMessage[];
  /** Names of what was left out: `messages.name`. */
  readonly dropped: readonly string[];
}

export function fitMessages(messages: ChatMessage[], dialect: MessageDialect): FittedMessages {
  const dropped = new Set<string>();
  const fitted = messages.map((message) => {
    const copy: Record<string, unknown> = { ...message };
    if (dialect.developerAsSystem && message.role === 'developer') copy.role = 'system';
    for (const field of dialect.messageDrops ?? []) {
      if (copy[field] !== undefined && copy[field] !== null) dropped.add(`messages.${field}`);
      delete copy[field];
    }
    return copy as unknown as ChatMessage;
  });
  return { messages: fitted, dropped: [...dropped] };
}
