/**
 * The one shape everything inside speaks: OpenAI's chat completion. The edge translates foreign front doors
 * into it, the providers translate it out to foreign wires and back. The types are those of the official
 * `openai` package (types only: importing them costs nothing at run time).
 */

import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
  ChatCompletionMessageToolCall,
  ChatCompletionTool,
  ChatCompletionChunk as SdkChunk,
} from 'openai/resources/chat/completions';
import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions/completions';
import type { MayHaveNative } from './native-event.ts';

export type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionMessageToolCall as ToolCall,
  ChatCompletionTool,
};

/** One turn of a conversation, whoever speaks. */
export type ChatMessage = ChatCompletionMessageParam;

/** One answer of a completion, which may have several. */
export type Choice = ChatCompletion.Choice;

/** A piece of a streamed answer, perhaps with the event of the caller's own wire that it was. */
export type ChatCompletionChunk = SdkChunk & MayHaveNative;

/** A piece of one of the answers of a stream. */
export type ChunkChoice = SdkChunk.Choice;

/** What a piece adds: text, thinking, or parts of tool calls. */
export type Delta = ChunkChoice['delta'] & ReasoningText;

/** Why an answer ended; each choice has one when it is whole. */
export type FinishReason = ChatCompletion.Choice['finish_reason'];

/** Token counts as OpenAI reports them: prompt and completion include what their details name. */
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
} & OtherOperations;

/** Of OpenTelemetry's names (`gen_ai.operation.name`); a request without one is a chat. */
export type Operation = 'text_completion' | 'embeddings';

/** What requests that are no chats have beside the parameters of one. */
interface OtherOperations {
  /**
   * In a text completion each message of the user is a text to go on with, and `n` counts the choices of all of them; in a
   * request for embeddings each is a text to make a vector of.
   */
  operation?: Operation | undefined;
  /** What follows the gap that a text completion fills. */
  suffix?: string;
  /** Numbers in each vector. */
  dimensions?: number;
  /** Vectors as lists of numbers, or as base64 of 32-bit floats, little-endian. */
  encoding_format?: 'float' | 'base64';
}
