/** The tool calls of an answer that came in one piece. */
import type { ChatCompletion, Choice, ToolCall } from '../../core/openai-types.ts';
import { invalidOutput } from '../../failures/upstream-failure.ts';
import { problemText } from './held-calls.ts';
import { judgeArguments, type ToolSchemas } from './tool-arguments.ts';

/**
 * @returns the same completion where all calls hold; a copy where one was repaired, or cut by the cap and left out
 * @throws {UpstreamFailure} for a call that does not hold
 */
export function withWholeCalls(
  completion: Readonly<ChatCompletion>,
  schemas: ToolSchemas,
  provider: string,
): Readonly<ChatCompletion> {
  const choices = completion.choices.map((choice) => choiceWithWholeCalls(choice, schemas, provider));
  return choices.every((choice, index) => choice === completion.choices[index])
    ? completion
    : { ...completion, choices };
}

function choiceWithWholeCalls(choice: Choice, schemas: ToolSchemas, provider: string): Choice {
  const { tool_calls: calls, ...message } = choice.message;
  if (!calls?.length) return choice;
  const isCut = choice.finish_reason === 'length' || choice.finish_reason === 'content_filter';
  const whole = calls.flatMap((call): ToolCall[] => {
    if (call.type !== 'function') return [call];
    const { name, arguments: text } = call.function;
    const judged = judgeArguments(name, text, schemas);
    if ('text' in judged)
      return judged.text === text
        ? [call]
        : [{ ...call, function: { ...call.function, arguments: judged.text } }];
    if (isCut) return [];
    throw invalidOutput(problemText(provider, name, judged.problem));
  });
  if (whole.length === calls.length && whole.every((call, index) => call === calls[index])) return choice;
  return { ...choice, message: { ...message, ...(whole.length > 0 && { tool_calls: whole }) } };
}
