/**
 * Fill-in-the-middle as code models were trained on it: control tokens around what stands before and after the gap, sent
 * as one prompt to an endpoint that takes prompts as they are. Sources: the models' own cards and repositories, read 2026-11.
 */
import type { Gap } from '../provider.ts';

/** The tokens of one family of models. */
export interface ControlTokens {
  readonly prefix: string;
  readonly suffix: string;
  /** What the model goes on after; empty where that is the prefix itself. */
  readonly middle: string;
  /** What stands first in the prompt. */
  readonly first: 'prefix' | 'suffix';
  /** What the model writes at its end, for servers that take it for text. */
  readonly stop: readonly string[];
}

const STARCODER: ControlTokens = {
  prefix: '<fim_prefix>',
  suffix: '<fim_suffix>',
  middle: '<fim_middle>',
  first: 'prefix',
  stop: ['<|endoftext|>'],
};
const QWEN: ControlTokens = {
  prefix: '<|fim_prefix|>',
  suffix: '<|fim_suffix|>',
  middle: '<|fim_middle|>',
  first: 'prefix',
  stop: ['<|endoftext|>', '<|file_sep|>'],
};
const CODE_LLAMA: ControlTokens = {
  prefix: '<PRE> ',
  suffix: ' <SUF>',
  middle: ' <MID>',
  first: 'prefix',
  stop: ['<EOT>'],
};
const DEEPSEEK: ControlTokens = {
  prefix: '<｜fim▁begin｜>',
  suffix: '<｜fim▁hole｜>',
  middle: '<｜fim▁end｜>',
  first: 'prefix',
  stop: ['<｜end▁of▁sentence｜>'],
};
const CODESTRAL: ControlTokens = {
  suffix: '[SUFFIX]',
  prefix: '[PREFIX]',
  middle: '',
  first: 'suffix',
  stop: ['</s>'],
};
const CODE_GEMMA: ControlTokens = { ...QWEN, stop: ['<|file_separator|>'] };
const MELLUM: ControlTokens = { ...STARCODER, first: 'suffix' };

/** The first that fits the model's id holds. */
const FAMILIES: readonly (readonly [RegExp, ControlTokens])[] = [
  // Not the Python models nor those of 34B: they were not trained on it (the paper, section 2.3, and Meta's repository).
  [/code-?llama(?!.*(?:python|34b))/i, CODE_LLAMA],
  [/qwen-?[\d.]*-?coder/i, QWEN],
  // The first of Qwen's code models has StarCoder's tokens, as IBM's and Stability's have.
  [/star-?coder|granite.*code|stable-?code|codeqwen/i, STARCODER],
  [/deepseek-?coder/i, DEEPSEEK],
  // Not those for chats.
  [/code-?gemma(?!.*-it\b)/i, CODE_GEMMA],
  [/codestral(?!.*(?:mamba|embed))/i, CODESTRAL],
  [/\bmellum/i, MELLUM],
];

/** By the name of the model. @returns nothing for one that was not trained to fill gaps */
export function controlTokensOf(model: string): ControlTokens | undefined {
  return FAMILIES.find(([models]) => models.test(model))?.[1];
}

/** @returns the prompt; nothing where the text itself holds control tokens, which the model would take for ours */
export function inControlTokens(
  tokens: ControlTokens,
  { prefix, suffix = '' }: Pick<Gap, 'prefix' | 'suffix'>,
): string | undefined {
  const marks = [tokens.prefix, tokens.suffix, tokens.middle].map((mark) => mark.trim()).filter(Boolean);
  if (marks.some((mark) => prefix.includes(mark) || suffix.includes(mark))) return undefined;
  const before = tokens.prefix + prefix;
  const after = tokens.suffix + suffix;
  return (tokens.first === 'prefix' ? before + after : after + before) + tokens.middle;
}

/**
 * Editors may write such prompts themselves, for the model that they believe to be there.
 * @returns the gap of a prompt in the control tokens of any family, or nothing
 */
export function gapInControlTokens(prompt: string): Gap | undefined {
  for (const tokens of [QWEN, STARCODER, MELLUM, DEEPSEEK, CODE_LLAMA, CODESTRAL]) {
    const gap = tokens.first === 'prefix' ? prefixFirst(prompt, tokens) : suffixFirst(prompt, tokens);
    if (gap) return { ...gap, inControlTokens: prompt };
  }
  return undefined;
}

/** What stands before the tokens is other files, and context; what follows them is the beginning of what is wanted. */
function prefixFirst(prompt: string, { prefix, suffix, middle }: ControlTokens): Gap | undefined {
  const before = prompt.indexOf(prefix);
  const after = before < 0 ? -1 : prompt.indexOf(suffix, before + prefix.length);
  const end = after < 0 ? -1 : prompt.indexOf(middle, after + suffix.length);
  if (end < 0) return undefined;
  const context = prompt.slice(0, before);
  const written = prompt.slice(end + middle.length);
  return {
    prefix: context + prompt.slice(before + prefix.length, after) + written,
    suffix: prompt.slice(after + suffix.length, end),
  };
}

function suffixFirst(prompt: string, { prefix, suffix, middle }: ControlTokens): Gap | undefined {
  const after = prompt.indexOf(suffix);
  const before = after < 0 ? -1 : prompt.indexOf(prefix, after + suffix.length);
  const end = middle === '' ? prompt.length : prompt.indexOf(middle, Math.max(0, before));
  if (before < 0 || end < 0) return undefined;
  const context = prompt.slice(0, after);
  const written = prompt.slice(end + middle.length);
  return {
    prefix: context + prompt.slice(before + prefix.length, end) + written,
    suffix: prompt.slice(after + suffix.length, before),
  };
}
