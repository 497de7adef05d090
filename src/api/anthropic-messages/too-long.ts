/** That a conversation is too long, in Anthropic's words: Claude Code reads two sentences and acts on their numbers. */

/** What a model takes: "maximum context length is 8192 tokens", "the maximum number of tokens allowed (1048576)", "must be <= 4096" */
const MOST =
  /(?:(?:maximum|max|available|context|prompt|model)[\w ]{0,40}(?: is| of| only| allowed| size)[ (]{1,2}|(?:<=|cannot exceed|too large for model with) )(\d{3,9})\b/i;
/** How long the prompt is: "9001 in the messages", "208310 of text input", "resulted in 9001", "Prompt contains 40000" */
const INPUT =
  /\b(\d{3,9})(?: tokens)? (?:in the (?:messages|prompt|input)|of text input|from the input|input tokens|`inputs`)|(?:resulted in|contains|token count|^request|received|supplied|first|\(length)[ (]{1,2}(\d{3,9})\b/im;
/** How much was to be written: "200 in the completion", "requested 200 output tokens" */
const OUTPUT =
  /\b(\d{1,9})(?: tokens)? (?:in the (?:completion|output)|for the completion|output tokens|`max_new_tokens`)/i;
/** Anthropic's own. */
const AS_IT_IS =
  /prompt is too long: \d+ tokens > \d+|input length and `max_tokens` exceed context limit: \d+ \+ \d+ > \d+/;

/**
 * "maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens" →
 * "prompt is too long: 9001 tokens > 8192 maximum". Where the prompt alone has room, the sentence that makes Claude Code
 * ask for less output.
 */
export function tooLongMessage(message: string): string {
  if (AS_IT_IS.test(message)) return message;
  const said = message.slice(0, 2_000);
  const most = numberIn(MOST, said);
  const input = numberIn(INPUT, said) ?? largestBut(most, said);
  if (most === undefined || input === undefined) return `prompt is too long: ${message}`;
  const output = numberIn(OUTPUT, said);
  if (input <= most && output !== undefined && input + output > most)
    return `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${most}, decrease input length or \`max_tokens\` and try again`;
  return `prompt is too long: ${input} tokens > ${most} maximum`;
}

function numberIn(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text)?.slice(1).find(Boolean);
  return found === undefined ? undefined : Number(found);
}

/** "requested 9201 tokens" */
function largestBut(most: number | undefined, text: string): number | undefined {
  const numbers = [...text.matchAll(/\b(\d{3,9}) tokens?\b/g)].map(([, digits]) => Number(digits));
  const others = numbers.filter((number) => number !== most);
  return others.length > 0 ? Math.max(...others) : undefined;
}
