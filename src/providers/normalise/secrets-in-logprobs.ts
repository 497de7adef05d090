/**
 * Keys of ours in log probabilities, which have the text of an answer again, token by token and byte by byte, and may have it
 * where the answer itself does not.
 */
import type { ChatCompletion, Choice } from '../../core/openai-types.ts';
import { PiecesRedactor, REDACTED, type Redactor } from '../../core/redactor.ts';

type Logprobs = NonNullable<Choice['logprobs']>;

const LISTS = ['content', 'refusal'] as const;

/** What a list spells by its tokens and by their bytes. */
function spelt(logprobs: Logprobs): { readonly place: string; readonly text: string }[] {
  return LISTS.flatMap((list) => {
    const tokens = logprobs[list];
    if (!Array.isArray(tokens) || tokens.length === 0) return [];
    const bytes = tokens.flatMap((token) => (Array.isArray(token.bytes) ? token.bytes : []));
    return [
      { place: `${list} tokens`, text: tokens.map(({ token }) => token).join('') },
      { place: `${list} bytes`, text: Buffer.from(bytes).toString('latin1') },
    ];
  });
}

/** Takes those out of a whole answer that spell a secret. @returns whether there were none */
export function withoutSpeltSecrets({ choices }: ChatCompletion, redactor: Redactor): boolean {
  const found = choices.filter(({ logprobs }) => logprobs && spellSecret(logprobs, redactor));
  for (const choice of found) choice.logprobs = null;
  return found.length === 0;
}

function spellSecret(logprobs: Logprobs, redactor: Redactor): boolean {
  return spelt(logprobs).some(({ text }) => text.includes(REDACTED) || redactor.redact(text) !== text);
}

/** Of one choice of a stream. */
export class LogprobsRedactor {
  readonly #redactor: Redactor;
  readonly #texts = new Map<string, PiecesRedactor>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** @returns whether they may go on: they spell no secret, and begin none */
  mayGoOn(logprobs: Logprobs): boolean {
    // All are looked at: each has to know what came before.
    return spelt(logprobs)
      .map(({ place, text }) => !text.includes(REDACTED) && this.#textAt(place).add(text) === text)
      .every(Boolean);
  }

  #textAt(place: string): PiecesRedactor {
    let text = this.#texts.get(place);
    if (!text) {
      text = new PiecesRedactor(this.#redactor);
      this.#texts.set(place, text);
    }
    return text;
  }
}
