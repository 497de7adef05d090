/** Takes secrets out of texts that leave the server: errors of providers on their way to callers, and log lines. */
import { ESCAPE_UP_TO_DIGITS, unescaped } from './json-escapes.ts';

/** Shorter ones would also hit ordinary words. */
const MIN_SECRET_LENGTH = 8;
/** A word, as is put where a local server wants some key or other: answers may use it. */
const PLACEHOLDER = /^[a-z]{1,15}$/i;

/** Characters of a text that is looked through for escapes, at some ten nanoseconds each: an echo comes in a shorter one. */
const MAX_ESCAPED = 2_000_000;

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';
/** Characters by which a secret is looked for, and as many as may stand at the end of a piece before it is held back. */
const SEED = 6;

/** Knows the secrets of one configuration, in each form in which they may be written. */
export class Redactor {
  readonly #forms: readonly string[];
  /** What the forms begin with: few, and quickly seen not to be there. */
  readonly #seeds: readonly string[];
  readonly #pattern: RegExp;
  /** The secrets themselves, any of whose characters JSON has as escapes. */
  readonly #escaped: RegExp;

  /** @param secrets keys, passwords, tokens; empty and very short ones are passed over */
  constructor(secrets: Iterable<string | undefined>) {
    const texts = [...secrets].flatMap((secret) => textsOf(secret?.trim() ?? ''));
    const forms = new Set(texts.flatMap(formsOf));
    // The longest first: of two secrets that begin alike, none leaves its end behind.
    this.#forms = [...forms].sort((a, b) => b.length - a.length);
    this.#seeds = [...new Set(this.#forms.map((form) => form.slice(0, SEED)))];
    this.#pattern = anyOf(this.#forms.map((form) => RegExp.escape(form)));
    this.#escaped = anyOf(texts.map(escapedPattern));
  }

  get isIdle(): boolean {
    return this.#forms.length === 0;
  }

  /** @returns the text with every secret, however it is encoded, replaced by `[redacted]` */
  redact(text: string): string {
    const clean = this.mayHold(text) ? text.replace(this.#pattern, REDACTED) : text;
    const mayBeEscaped = clean.length <= MAX_ESCAPED && clean.includes('\\u00');
    return mayBeEscaped ? clean.replace(this.#escaped, REDACTED) : clean;
  }

  /** Some secret begins in it. */
  mayHold(text: string): boolean {
    for (const seed of this.#seeds) if (text.includes(seed)) return true;
    return false;
  }

  /** Beginnings and ends of all secrets in it. */
  *placesIn(text: string): Generator<readonly [start: number, end: number]> {
    for (const { 0: secret, index } of text.matchAll(this.#pattern)) yield [index, index + secret.length];
  }

  /** @returns where a secret begins that the text breaks off in; its length where there is none */
  openAt(text: string): number {
    let at = text.length;
    for (const form of this.#forms) {
      const seed = form.slice(0, SEED);
      const from = Math.max(0, text.length - form.length + 1);
      for (
        let start = text.indexOf(seed, from);
        start >= 0 && start < at;
        start = text.indexOf(seed, start + 1)
      )
        if (form.startsWith(text.slice(start))) at = start;
    }
    return at;
  }
}

function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join('|') || '(?!)', 'g');
}

/** A secret, and each line of it. */
function textsOf(secret: string): string[] {
  if (secret.length < MIN_SECRET_LENGTH || PLACEHOLDER.test(secret)) return [];
  return [secret, ...secret.split(/\s+/).filter((line) => line.length >= MIN_SECRET_LENGTH)];
}

/** A secret as it may stand in a text: as it is, in JSON, in a URL, in hexadecimal, and within base64. */
function formsOf(text: string): string[] {
  const hex = Buffer.from(text).toString('hex');
  const percent = hex.replace(/../g, '%$&');
  const forms = [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    ...[hex, hex.toUpperCase(), percent, percent.toUpperCase()],
    ...base64Forms(text),
  ];
  // Some writers of JSON escape slashes, too.
  return forms.flatMap((form) => (form.includes('/') ? [form, form.replaceAll('/', '\\/')] : [form]));
}

/** Each character as it is or as an escape of JSON. */
function escapedPattern(text: string): string {
  const characters = Array.from({ length: text.length }, (_, at) => {
    const hex = text.charCodeAt(at).toString(16).padStart(4, '0');
    const anyCase = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `(?:${RegExp.escape(text[at]!)}|${ESCAPE_UP_TO_DIGITS}${anyCase})`;
  });
  return characters.join('');
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

/** A text that comes in pieces: a secret that is spread over several, in escapes or not, is held back from its beginning on. */
export class PiecesRedactor {
  readonly #redactor: Redactor;
  /** The end of what went on, without its escapes: the beginning of a secret may be in it. */
  #before = '';
  #held = '';

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** @returns what may go on */
  add(piece: string): string {
    if (this.#held === '' && !piece.includes('\\')) {
      const text = this.#before + piece;
      if (!this.#redactor.mayHold(text)) {
        this.#before = text.slice(1 - SEED);
        return piece;
      }
    }
    const raw = this.#held + piece;
    const { text: read, startOf } = unescaped(raw);
    const text = this.#before + read;
    const begin = this.#before.length;
    const rawBetween = (from: number, to: number) => raw.slice(startOf(from - begin), startOf(to - begin));
    let at = begin;
    let goesOn = '';
    for (const [start, end] of this.#redactor.placesIn(text)) {
      if (end <= at) continue;
      goesOn += (start > at ? rawBetween(at, start) : '') + REDACTED;
      at = end;
    }
    const rest = at > begin ? at : 0;
    const heldFrom = Math.max(at, rest + this.#redactor.openAt(text.slice(rest)));
    goesOn += rawBetween(at, heldFrom);
    this.#held = raw.slice(startOf(heldFrom - begin));
    this.#before = text.slice(Math.max(0, heldFrom + 1 - SEED), heldFrom);
    return goesOn;
  }

  /** The text is over: what was held is no secret. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

/** Several texts that come in pieces, mixed with each other. */
export class PlacedPiecesRedactor {
  readonly #redactor: Redactor;
  readonly #texts = new Map<string, PiecesRedactor>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** @param place of the text that the piece belongs to @returns what may go on */
  add(place: string, piece: string): string {
    let text = this.#texts.get(place);
    if (!text) {
      text = new PiecesRedactor(this.#redactor);
      this.#texts.set(place, text);
    }
    return text.add(piece);
  }

  /** The text at a place is over: what was held of it is no secret. */
  end(place: string): string {
    return this.#texts.get(place)?.end() ?? '';
  }

  places(): Iterable<string> {
    return this.#texts.keys();
  }
}
