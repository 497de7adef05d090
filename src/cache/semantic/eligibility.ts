/** Which requests may be answered by the answer to another question. */
import type { ChatMessage, ChatRequest } from '../../core/openai-types.ts';
import type { CanonicalQuestion } from './question.ts';

/** Characters of a question without its code: longer ones say too much to be compared by words. */
export const MAX_PROSE = 2_000;
/** Characters of prose and code together. */
export const MAX_PROMPT = 16_384;

/** The prompt to be compared, or why there is none. */
export type Eligibility = { readonly prompt: string } | { readonly reason: string };

/** Answers to these age while they are stored. */
const AGES =
  /\b(?:latest|newest|today|tonight|yesterday|tomorrow|right now|current(?:ly)? (?:version|release|stable)|most recent|20[2-9]\d)\b/i;
const UNPAIRED = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Linear in the length of the request. */
export function eligibility(request: ChatRequest, allowsMultiTurn: boolean): Eligibility {
  const { messages, tools, tool_choice, response_format: format, n, logprobs, top_logprobs } = request;
  if (request.operation) return { reason: 'no chat' };
  if ((tools && tools.length > 0) || tool_choice) return { reason: 'tools' };
  if (format && format.type !== 'text') return { reason: 'response_format' };
  if (n && n > 1) return { reason: 'n' };
  if (logprobs || top_logprobs) return { reason: 'logprobs' };
  const last = messages.at(-1);
  const prompt = last?.role === 'user' ? textOf(last) : undefined;
  if (prompt === undefined) return { reason: 'not text' };
  if (
    !allowsMultiTurn &&
    messages.slice(0, -1).some(({ role }) => role !== 'system' && role !== 'developer')
  ) {
    return { reason: 'several turns' };
  }
  return promptEligibility(prompt);
}

/** The same for a prompt alone. */
export function promptEligibility(prompt: string): Eligibility {
  if (prompt.trim() === '') return { reason: 'empty' };
  if (prompt.length > MAX_PROMPT) return { reason: 'too long' };
  if (prompt.length > MAX_PROSE && proseLength(prompt) > MAX_PROSE) return { reason: 'too long' };
  if (UNPAIRED.test(prompt)) return { reason: 'broken text' };
  if (AGES.test(prompt)) return { reason: 'ages' };
  return { prompt };
}

/** "this code" without the code asks about something that is not there. */
export const isSelfContained = ({ pointsAway, core }: CanonicalQuestion): boolean =>
  !pointsAway && core !== '';

function textOf({ content }: ChatMessage): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length !== 1) return undefined;
  const [part] = content;
  return part?.type === 'text' ? part.text : undefined;
}

/** Characters outside of fenced code. */
function proseLength(prompt: string): number {
  return prompt.split('```').reduce((sum, piece, at) => sum + (at % 2 === 0 ? piece.length : 0), 0);
}
