/** The content of a message as a server of OpenAI's wire takes it. */
import type { ChatMessage } from '../../core/openai-types.ts';
import { withoutMark } from './cache-marks.ts';

/** What a server knows of OpenAI's content. */
export interface ContentDialect {
  /** Lists of nothing but text stay lists; most servers read them as one text, and some take nothing else. */
  readonly keepsTextLists?: boolean;
  /** Takes `cache_control` on parts and tools, as Anthropic has it; others answer 422 to it. */
  readonly takesCacheMarks?: boolean;
  /** Types of parts it knows beside those that are features (text, images, audio, files); without a list it judges itself. */
  readonly partTypes?: readonly string[];
}

/** Whether a model takes these is decided as a feature. */
const FEATURE_PARTS = ['text', 'image_url', 'input_audio', 'file'];

/** A part of a message's content; `type` says which. */
export interface Part {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Told of what is left out, and of a part that cannot be: it would change what is asked. */
export interface ContentReport {
  readonly drop: (name: string) => void;
  /** @throws what makes the next target try */
  readonly refuse: (what: string) => never;
}

/** Content with only what the dialect takes. @param report is told what was left out */
export function fitContent(
  content: ChatMessage['content'],
  dialect: ContentDialect,
  report: ContentReport,
): ChatMessage['content'] {
  if (!Array.isArray(content)) return content;
  const parts = (content as unknown as Part[]).flatMap((part) => fitPart(part, dialect, report));
  const isText = parts.every(({ type, text }) => type === 'text' && typeof text === 'string');
  if (isText && !dialect.keepsTextLists) return parts.map(({ text }) => text).join('\n');
  return parts as unknown as ChatMessage['content'];
}

function fitPart(given: Part, dialect: ContentDialect, report: ContentReport): Part[] {
  // What a model thought is not what it said: a server that has no place for it is not told.
  if (isThought(given) && !dialect.partTypes?.includes(given.type)) {
    report.drop(`messages.content (${given.type})`);
    return [];
  }
  const typed = withKnownImageType(given);
  const part = dialect.takesCacheMarks ? typed : withoutMark(typed, report.drop);
  const known = dialect.partTypes;
  if (!known || FEATURE_PARTS.includes(part.type) || known.includes(part.type)) return [part];
  if (part.type === 'refusal') return [{ type: 'text', text: part.refusal }];
  return report.refuse(`content of type ${/^[\w.-]{1,64}$/.test(part.type) ? part.type : 'unknown'}`);
}

function isThought({ type }: Part): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** `image/jpg` is no type, though browsers take it for one; Anthropic and Gemini do not. */
function withKnownImageType(part: Part): Part {
  if (part.type !== 'image_url') return part;
  const image = part.image_url as { url?: unknown } | string | undefined;
  const url = typeof image === 'string' ? image : image?.url;
  if (typeof url !== 'string' || !/^data:image\/p?jpg[;,]/i.test(url)) return part;
  const repaired = `data:image/jpeg${url.slice(url.search(/[;,]/))}`;
  return { ...part, image_url: typeof image === 'string' ? repaired : { ...image, url: repaired } };
}
