/** A whole answer of one choice in OpenAI's shape, from what a foreign wire says. */
import type { ChatCompletion, Choice, FinishReason, ToolCall, Usage } from '../core/openai-types.ts';
import { normalised } from './normalise/completion.ts';

/** What a foreign wire says, under one name each. */
export interface OneChoice {
  readonly id: string;
  readonly model: string;
  readonly words: string;
  /** What the model thought before it answered. */
  readonly thoughts?: string;
  readonly calls?: readonly ToolCall[];
  readonly logprobs?: Choice['logprobs'];
  /** Absent where the answer is not whole: the router sees to it. */
  readonly finish: FinishReason | null | undefined;
  readonly usage?: Usage | undefined;
}

/** The completion. Without words its content is `null` beside calls, and empty alone, as OpenAI has it. */
export function oneChoice(answer: OneChoice): ChatCompletion {
  const { id, model, words, thoughts, calls = [], logprobs = null, finish, usage } = answer;
  const completion: ChatCompletion = {
    id,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: words || (calls.length > 0 ? null : ''),
          refusal: null,
          ...(thoughts && { reasoning_content: thoughts }),
          ...(calls.length > 0 && { tool_calls: [...calls] }),
        },
        logprobs,
        finish_reason: finish as FinishReason,
      },
    ],
    ...(usage && { usage }),
  };
  return normalised(completion, { provider: 'The provider', model });
}
