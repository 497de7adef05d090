/** A request as a door has read it: all that the pipeline needs, and nothing of how the door writes its answers. */
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatRequest } from '../core/openai-types.ts';

/** Checked, and in OpenAI's chat shape, whichever door it came in by. */
export interface ParsedRequest {
  readonly request: ChatRequest;
  /** A model or chain name; `undefined` asks for the default chain. */
  readonly model: string | undefined;
  /** The end user the request names, who may have limits within the key. */
  readonly user: string | undefined;
  /** `false`: the answer is neither looked up nor stored. */
  readonly cache: boolean;
  /** What a provider cannot take is refused, not dropped. */
  readonly strictParams: boolean;
  /** The name of the door it came in by, that of its `ApiFormat`. */
  readonly door: string;
  /** The request as its caller wrote it, where that is not OpenAI chat, for providers that speak the same wire. */
  readonly native?: NativeRequest;
  /** The body it was read from, whose bytes may be kept (core/raw-body.ts). */
  readonly source?: object;
  /** The door tells a tool call's arguments as a JSON value, not as the text a model wrote. */
  readonly tellsArgumentsAsJson?: true;
  /** An editor's, which asks anew with every key: an older request of the same place has had its time. */
  readonly replacesOlder?: boolean;
  /** Fields of the door that OpenAI chat cannot carry, for `x-dropped-params`. */
  readonly dropped?: readonly string[];
}
