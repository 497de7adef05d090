/**
 * Thinking whose signature would not hold: it was thought over a conversation whose earlier thinking had been left out, and
 * a signature binds to all that came before it. It is told without, so that it comes back as thinking of no provider's.
 */
/** A part of an answer, as far as it is read. */
export interface AnthropicContentBlock {
  type: string;
  text?: string;
  thinking?: string;
  signature?: string;
  data?: string;
  id?: string;
  name?: string;
  input?: unknown;
}

interface Event {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: AnthropicContentBlock;
  readonly delta?: { readonly type?: string };
}

/** Of a stream. */
export class UnsignedThinking {
  /** Blocks of which nothing is told: without their signature they are nothing. */
  readonly #hidden = new Set<number | undefined>();

  /** @returns whether the event is left out */
  leavesOut({ type, index, content_block: block, delta }: Event): boolean {
    if (type === 'content_block_start' && block?.type === 'redacted_thinking') this.#hidden.add(index);
    return delta?.type === 'signature_delta' || (index !== undefined && this.#hidden.has(index));
  }
}

/** Of a whole answer. */
export function withoutSignatures<Block extends { type: string }>(content: readonly Block[]): Block[] {
  return content
    .filter(({ type }) => type !== 'redacted_thinking')
    .map((block) => (block.type === 'thinking' ? { ...block, signature: '' } : block));
}
