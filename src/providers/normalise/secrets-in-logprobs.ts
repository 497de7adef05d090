/**
 * Keys of ours in log probabilities, which have the text of an answer again, token by token and byte by byte, and may have it
 * where the answer itself does not.
 */
import type { ChatCompletion, Choice } from '../../core/openai-types.ts';
import { PlacedPiecesRedactor, REDACTED, type Redactor } from '../../core/redactor.ts';

/** Of the tokens of an answer, and of a refusal. */
export type Logprobs = NonNullable<Choice['logprobs']>;

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

/** Some text of JSON has such lists: most have none, and are not looked into. */
const HAS_LOGPROBS = /"logprobs":\s?\[\s?\{/;

/**
 * What goes on as its provider wrote it, on OpenAI's Responses wire: its lists may stand anywhere in it.
 * @param mayBeTold told of each list
 * @returns the very text where all may be
 */
export function withoutNativeLogprobs(json: string, mayBeTold: (logprobs: Logprobs) => boolean): string {
  if (!HAS_LOGPROBS.test(json)) return json;
  let isSame = true;
  const told = JSON.stringify(JSON.parse(json), (name, value: unknown) => {
    if (name !== 'logprobs' || !isListOfTokens(value)) return value;
    if (mayBeTold({ content: value, refusal: null })) return value;
    isSame = false;
    return [];
  });
  return isSame ? json : told;
}

function isListOfTokens(value: unknown): value is NonNullable<Logprobs['content']> {
  return Array.isArray(value) && value.every((item) => typeof item?.token === 'string');
}

/** @returns whether a whole list spells a secret */
export function spellSecret(logprobs: Logprobs, redactor: Redactor): boolean {
  return spelt(logprobs).some(({ text }) => text.includes(REDACTED) || redactor.redact(text) !== text);
}

/** Of one choice of a stream. */
export class LogprobsRedactor {
  readonly #texts: PlacedPiecesRedactor;

  constructor(redactor: Redactor) {
    this.#texts = new PlacedPiecesRedactor(redactor);
  }

  /** @returns whether they may go on: they spell no secret, and begin none */
  mayGoOn(logprobs: Logprobs): boolean {
    // All are looked at: each has to know what came before.
    return spelt(logprobs)
      .map(({ place, text }) => !text.includes(REDACTED) && this.#texts.add(place, text) === text)
      .every(Boolean);
  }
}
