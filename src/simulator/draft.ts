/** The simulated model itself: a conversation in, what it says out, before any provider's wire format. */
import { canonicalAnswer, isRefusedByGuardrail, jsonAnswer } from './answer.ts';
import { simulatedCompletion } from './text-completions.ts';
import { countTokens, splitTokens } from './tokens.ts';
import { chooseToolCalls, exampleOf, type ToolCall, type ToolChoice, type ToolSpec } from './tools.ts';
import type { JsonObject, ReplyContext } from './wire.ts';

/** One message of a conversation, as plain text. */
export interface Turn {
  role: 'system' | 'user' | 'assistant' | 'tool';
  text: string;
  /** The last of its text parts, where it has several: agents put reminders of their own before what the user said. */
  lastPart?: string;
}

/** What is asked, whichever provider's wire it came by. */
export interface SimulatedQuestion {
  turns: Turn[];
  tools: ToolSpec[];
  toolChoice: ToolChoice;
  parallelToolCalls: boolean;
  /** Output cap in tokens. */
  maxTokens?: number;
  stop: string[];
  /** `object`, or the JSON Schema the answer must fit. */
  json?: 'object' | JsonObject;
  /** Whether a trailing assistant message is continued; OpenAI answers from the beginning. */
  continuesPrefill: boolean;
}

/** What the model says; each wire writes it in its own form. */
export interface Draft {
  text: string;
  toolCalls: ToolCall[];
  finish: 'stop' | 'length' | 'tool_calls';
  /** The stop sequence that ended the answer. */
  stopSequence: string | null;
  usage: SimulatedUsage;
}

/** Tokens. `cached` is a part of `input`. */
export interface SimulatedUsage {
  input: number;
  cached: number;
  output: number;
}

/** Decides what the model says. Pure: the same question and context give the same draft. */
export function draftReply(question: SimulatedQuestion, context: ReplyContext): Draft {
  const last = question.turns.at(-1);
  const faultName = context.fault?.name;
  const toolCalls =
    last?.role === 'user' && faultName !== 'empty_answer'
      ? chooseToolCalls(
          question.tools,
          question.toolChoice,
          last.lastPart ?? last.text,
          question.parallelToolCalls,
        )
      : [];
  if (toolCalls.length > 0) {
    const output = toolCalls.reduce((sum, call) => sum + 8 + countTokens(call.arguments), 0);
    return {
      text: '',
      toolCalls,
      finish: 'tool_calls',
      stopSequence: null,
      usage: usage(question, context, output),
    };
  }
  const full = faultName === 'empty_answer' ? '' : fullText(question, context);
  const { text, stopSequence } = cutAtStop(full, question.stop);
  const capped = capTokens(
    text,
    faultName === 'length' ? Math.ceil(countTokens(text) / 2) : question.maxTokens,
  );
  return {
    text: capped,
    toolCalls: [],
    finish: capped.length < text.length || faultName === 'length' ? 'length' : 'stop',
    stopSequence: capped.length < text.length ? null : stopSequence,
    usage: usage(question, context, countTokens(capped)),
  };
}

function usage(question: SimulatedQuestion, context: ReplyContext, output: number): SimulatedUsage {
  // Four tokens a message for its role and borders, as OpenAI's counting recipe has it.
  const input = question.turns.reduce((sum, turn) => sum + 4 + countTokens(turn.text), 0);
  const cached = context.fault?.name === 'cached' ? Math.min(context.fault.parameter ?? 8, input) : 0;
  return { input, cached, output };
}

function fullText(question: SimulatedQuestion, context: ReplyContext): string {
  const { turns } = question;
  const last = turns.at(-1);
  if (last?.role === 'tool') {
    const results = turns.slice(turns.findLastIndex((turn) => turn.role !== 'tool') + 1);
    return (
      context.scriptedAnswer ??
      `The tool says: ${results.map((turn) => turn.text).join(' and ')}. Is there more?`
    );
  }
  const asked = withoutReminders(turns.findLast((turn) => turn.role === 'user')?.text ?? '');
  // The gateway's own way to ask chat models for what belongs into a gap.
  if (asked.includes('<<<GAP>>>')) return context.scriptedAnswer ?? simulatedCompletion(asked);
  if (question.json && context.scriptedAnswer === undefined) {
    return question.json === 'object'
      ? jsonAnswer(asked)
      : JSON.stringify(exampleOf(question.json, 'answer', asked));
  }
  const startsOver = context.fault?.name === 'restart';
  if (last?.role === 'assistant') {
    const answer = context.scriptedAnswer ?? answerTo(asked, turns, context);
    const continues = question.continuesPrefill && !startsOver && answer.startsWith(last.text);
    return continues ? continueAfter(answer, last.text.length, context) : answer;
  }
  const continued = startsOver ? undefined : continuation(turns, context);
  return continued ?? context.scriptedAnswer ?? answerTo(asked, turns, context);
}

function answerTo(question: string, turns: Turn[], { note }: ReplyContext): string {
  const systemText = turns
    .filter((turn) => turn.role === 'system')
    .map((turn) => turn.text)
    .join('\n');
  const answer = isRefusedByGuardrail(systemText, question) ? "I don't know" : canonicalAnswer(question);
  return note ? `${answer}\n\n${note}` : answer;
}

/**
 * A request to go on with a partial answer quoted in the conversation, as a gateway sends it to a model
 * that accepts no prefill. The model goes on after the longest beginning of its answer that it finds quoted.
 */
function continuation(turns: Turn[], context: ReplyContext): string | undefined {
  const last = turns.at(-1)!;
  const users = turns.filter((turn) => turn.role === 'user');
  // Asked in the last user message, the question is the one before it; asked in a system message, the last.
  let question: Turn | undefined;
  if (asksToContinue(last.text)) question = users.at(-2);
  else if (turns.some((turn) => turn.role === 'system' && asksToContinue(turn.text))) question = users.at(-1);
  if (!question) return undefined;
  const answer = context.scriptedAnswer ?? answerTo(question.text, turns, context);
  const position = turns.indexOf(question);
  const quoting = turns.filter((turn, index) => index > position || turn.role === 'system');
  const longest = Math.max(...quoting.map((turn) => quotedPrefixLength(turn, answer)));
  return longest === 0 ? undefined : continueAfter(answer, longest, context);
}

function asksToContinue(text: string): boolean {
  return (
    /\bcontinu|\bresume\b/i.test(text) &&
    (text.length < 20 || /exact|stop|cut|left off|partial|so far/i.test(text))
  );
}

/** The length of the longest beginning of `answer` that occurs in a turn, by bisection; 0 when none is quoted. */
function quotedPrefixLength({ role, text }: Turn, answer: string): number {
  if (role === 'assistant' && answer.startsWith(text)) return text.length;
  let found = 0;
  let missing = answer.length + 1;
  while (missing - found > 1) {
    const middle = (found + missing) >> 1;
    if (text.includes(answer.slice(0, middle))) found = middle;
    else missing = middle;
  }
  // A few characters in common are an accident, not a quotation.
  return found >= Math.min(5, answer.length) ? found : 0;
}

/** The rest of an answer; with the `overlap` fault it repeats the last words before the seam. */
function continueAfter(answer: string, position: number, context: ReplyContext): string {
  const repeated = context.fault?.name === 'overlap' ? (context.fault.parameter ?? 3) : 0;
  const before = repeated === 0 ? '' : splitTokens(answer.slice(0, position)).slice(-repeated).join('');
  return before + answer.slice(position);
}

function cutAtStop(text: string, stop: string[]): { text: string; stopSequence: string | null } {
  let end = text.length;
  let stopSequence: string | null = null;
  for (const sequence of stop) {
    const position = sequence === '' ? -1 : text.indexOf(sequence);
    if (position >= 0 && position < end) {
      end = position;
      stopSequence = sequence;
    }
  }
  return { text: text.slice(0, end), stopSequence };
}

function capTokens(text: string, maxTokens: number | undefined): string {
  return maxTokens === undefined ? text : splitTokens(text).slice(0, maxTokens).join('');
}

/** What agents put beside the words of their user, and no model would answer to. */
const REMINDERS = /<(system-reminder|environment_context|user_instructions)>[\s\S]*?<\/\1>/g;

function withoutReminders(text: string): string {
  return text.includes('</') ? text.replace(REMINDERS, '').trim() : text;
}
