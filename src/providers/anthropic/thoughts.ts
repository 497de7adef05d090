/**
 * Thinking blocks as OpenAI-shaped messages carry them: `thinking_blocks` as Anthropic has them, and
 * `reasoning_details` as OpenRouter writes them. Signed blocks go back in from either, unchanged.
 */
import { asText } from '../../core/as-text.ts';
import type { Block } from './anthropic-content.ts';

interface ThoughtBlock {
  readonly type?: unknown;
  readonly thinking?: unknown;
  readonly text?: unknown;
  readonly signature?: unknown;
  readonly data?: unknown;
  readonly format?: unknown;
}

const FORMAT = 'anthropic-claude-v1';

/**
 * @param first index of the first of these blocks in their message
 * @returns what a message or a delta has beside its `reasoning_content`
 */
export function toThoughts(blocks: readonly Block[], first = 0): object {
  if (blocks.length === 0) return {};
  const details = blocks.map((block, at) =>
    block.type === 'thinking'
      ? {
          type: 'reasoning.text',
          text: block.thinking,
          signature: block.signature,
          format: FORMAT,
          index: first + at,
        }
      : { type: 'reasoning.encrypted', data: block.data, format: FORMAT, index: first + at },
  );
  return { thinking_blocks: blocks, reasoning_details: details };
}

/** @returns the signed blocks of a message of the past; those of other vendors mean nothing to Anthropic */
export function fromThoughts(message: object): Block[] {
  const { thinking_blocks: blocks, reasoning_details: details } = message as Record<string, unknown>;
  const own = list(blocks).flatMap(({ type, thinking, signature, data }): Block[] => {
    if (type === 'redacted_thinking') return typeof data === 'string' ? [{ type, data }] : [];
    return type === 'thinking' && isSigned(signature)
      ? [{ type, thinking: asText(thinking ?? ''), signature }]
      : [];
  });
  if (own.length > 0) return own;
  return list(details).flatMap(({ type, text, signature, data, format }): Block[] => {
    if (format != null && !asText(format).startsWith('anthropic')) return [];
    // Without a name it may be anybody's, and Anthropic refuses what it did not write.
    if (type === 'reasoning.encrypted' && typeof data === 'string' && format != null)
      return [{ type: 'redacted_thinking', data }];
    return type === 'reasoning.text' && isSigned(signature)
      ? [{ type: 'thinking', thinking: asText(text ?? ''), signature }]
      : [];
  });
}

function isSigned(signature: unknown): signature is string {
  return typeof signature === 'string' && signature !== '';
}

function list(value: unknown): ThoughtBlock[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
