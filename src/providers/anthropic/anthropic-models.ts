/**
 * What Claude's model families take, as data (Anthropic's pages on structured outputs, effort, thinking and its
 * migration guide, read in 2026-11). A date is not a version: `claude-opus-4-20250514` is Opus 4.
 */

/** Opus from 4.7 and every family (Opus, Sonnet, Haiku, Fable, Mythos) from 5 refuse sampling under any version. */
export const REFUSES_SAMPLING =
  /^claude-(?:opus-4-(?:[7-9]|\d\d)(?!\d)|[a-z]+-(?:[5-9]|\d\d)(?!\d)|mythos-preview)/;
/** These take one of `temperature` and `top_p` ("cannot both be specified for this model"). */
export const TAKES_ONE_SAMPLER = /^claude-(?:opus-4-[1-6]|sonnet-4-[5-9]|haiku-4-[5-9])(?!\d)/;
/** `output_config.format`: Sonnet, Haiku from 4.5, Opus from 4.1, and all of the generation from 5. */
export const HAS_OUTPUT_FORMAT =
  /^claude-(?:opus-4-[1-9](?!\d)|(?:sonnet|haiku)-4-[5-9](?!\d)|[a-z]+-(?:[5-9]|\d\d)(?!\d)|mythos-preview)/;
/**
 * Thinking by effort (`adaptive`): Opus and Sonnet from 4.6, and all of the generation from 5. The same ones refuse a last
 * word of the assistant that is to be gone on with ("This model does not support assistant message prefill").
 */
export const THINKS_BY_EFFORT =
  /^claude-(?:(?:opus|sonnet)-4-[6-9](?!\d)|[a-z]+-(?:[5-9]|\d\d)(?!\d)|mythos-preview)/;
/** Thinking by a budget of tokens. */
export const THINKS_BY_BUDGET = /^claude-(?:3-7-sonnet|(?:opus|sonnet|haiku)-4)/;
