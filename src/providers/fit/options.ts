/**
 * What holds for every wire: options whose subject is missing are left out (most servers answer 400 to an empty `tools`
 * or a `tool_choice` without tools), and other spellings of one thing become OpenAI's.
 */
import type { ChatRequest } from '../../core/openai-types.ts';
import { fitTools } from './fit-tools.ts';

/** Fields of SDKs and other gateways that say where a call goes and with which key: never a provider's to see. */
const CREDENTIALS_AND_ADDRESSES =
  /^(?:(?:\w+_)?api_?(?:key|base|version|type|host|secret)|(?:\w+_)?base_?url|endpoint|(?:extra_|default_)?headers|(?:extra|default)_query|custom_llm_provider|authorization|bearer(?:_token)?|(?:\w+_)?(?:access|auth|ad)_token|(?:\w+_)?secret(?:_\w+)?|password|organization|aws_\w+|vertex_(?:project|location|credentials)|azure_ad_\w+)$/i;

/** A request of options that mean something. */
export interface FittedOptions {
  readonly request: ChatRequest;
  /** Names of what asked for something and was left out. */
  readonly dropped: readonly string[];
}

/** Whether a field would change where a call goes or by whose key: callers do not decide that. */
export function isCredentialOrAddress(name: string): boolean {
  return CREDENTIALS_AND_ADDRESSES.test(name);
}

/** Puts the options of a request in order; the request itself stays as it is. */
export function fitOptions(request: ChatRequest): FittedOptions {
  const dropped: string[] = [];
  const fitted: Record<string, unknown> = { ...request };
  for (const name of Object.keys(fitted)) {
    if (!isCredentialOrAddress(name)) continue;
    delete fitted[name];
    dropped.push(name);
  }
  if (request.tools?.length) fitTools(fitted as unknown as ChatRequest);
  else withoutToolOptions(fitted, dropped);
  if (!request.logprobs) delete fitted.top_logprobs;
  if (!request.stream) delete fitted.stream_options;
  if (asksForTextAlone(fitted.modalities)) delete fitted.modalities;
  const format = schemaFormat(request.response_format);
  if (format) fitted.response_format = format;
  return { request: fitted as unknown as ChatRequest, dropped };
}

/** OpenAI's default, which clients write out and servers that give nothing else refuse. */
function asksForTextAlone(modalities: unknown): boolean {
  return Array.isArray(modalities) && modalities.every((one) => one === 'text');
}

/** A choice that forces a call asks for something; the others say nothing where there are no tools. */
function withoutToolOptions(fitted: Record<string, unknown>, dropped: string[]): void {
  const { tool_choice: choice } = fitted;
  if (choice != null && choice !== 'auto' && choice !== 'none') dropped.push('tool_choice');
  delete fitted.tools;
  delete fitted.tool_choice;
  delete fitted.parallel_tool_calls;
}

/** `{type: "json_object", schema}` is how Together, Fireworks and instructor's clients ask for a schema. */
function schemaFormat(format: ChatRequest['response_format']): object | undefined {
  if (format?.type !== 'json_object') return undefined;
  const { schema } = format as { schema?: unknown };
  if (typeof schema !== 'object' || schema === null) return undefined;
  return { type: 'json_schema', json_schema: { name: 'answer', schema } };
}
