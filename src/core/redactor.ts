/** Takes secrets out of texts that leave the server: errors of providers on their way to callers, and log lines. */

/** Shorter ones would also hit ordinary words. */
const MIN_SECRET_LENGTH = 8;
export const REDACTED = '[redacted]';

export class Redactor {
  readonly #pattern: RegExp | undefined;

  /** @param secrets keys, passwords, tokens; empty and very short ones are passed over */
  constructor(secrets: Iterable<string | undefined>) {
    const forms = new Set<string>();
    for (const secret of secrets) for (const form of formsOf(secret?.trim() ?? '')) forms.add(form);
    // The longest first: of two secrets that begin alike, none leaves its end behind.
    const alternatives = [...forms].sort((a, b) => b.length - a.length).map((form) => RegExp.escape(form));
    this.#pattern = alternatives.length > 0 ? new RegExp(alternatives.join('|'), 'g') : undefined;
  }

  /** @returns the text with every secret, also as base64 or percent-encoded, replaced by `[redacted]` */
  redact(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, REDACTED) : text;
  }
}

/** A secret as it may stand in a text: as it is, in JSON, in a URL, and within base64. */
function formsOf(secret: string): string[] {
  if (secret.length < MIN_SECRET_LENGTH) return [];
  const lines = secret.split(/\s+/).filter((line) => line.length >= MIN_SECRET_LENGTH);
  return [secret, ...lines].flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    ...base64Forms(text),
  ]);
}

/** What base64 makes of it, wherever it begins in what was encoded (`user:secret`): three alignments, without their uncertain ends. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const from = Math.ceil((offset * 4) / 3);
    const core = bytes.toString('base64').slice(from, Math.floor((bytes.length * 4) / 3));
    return core.length < MIN_SECRET_LENGTH ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
