/**
 * The one shape everything inside speaks: OpenAI's chat completion. The edge translates foreign front doors
 * into it, the providers translate it out to foreign wires and back. The types are those of the official
 * `openai` package (types only: importing them costs nothing at run time).
 */

import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
  ChatCompletionMessageToolCall,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions/completions';

export type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionContentPart,
  ChatCompletionMessageToolCall as ToolCall,
  ChatCompletionTool,
};

export type ChatMessage = ChatCompletionMessageParam;
export type Choice = ChatCompletion.Choice;
export type ChunkChoice = ChatCompletionChunk.Choice;
export type Delta = ChatCompletionChunk.Choice.Delta & ReasoningText;
export type FinishReason = ChatCompletion.Choice['finish_reason'];
export type Usage = NonNullable<ChatCompletion['usage']>;

/** Reasoning models on OpenAI-shaped servers put their thinking beside the content, under either name. */
export interface ReasoningText {
  reasoning_content?: string | null;
  reasoning?: string | null;
}

/**
 * A validated request as the router and the providers see it: always `messages` (never `prompt`), always `tools`
 * (never the old `functions`), the guardrail first. `model` is absent: each target names its own.
 */
export type ChatRequest = Omit<
  ChatCompletionCreateParamsBase,
  'model' | 'stream' | 'functions' | 'function_call' | 'messages'
> & {
  messages: ChatMessage[];
  stream: boolean;
};
