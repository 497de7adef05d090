/** JSON answers from providers without a JSON mode: an instruction, which is what Anthropic's own guide falls back to. */
import type { ChatRequest } from '../core/openai-types.ts';

/** @returns what to tell the model, or nothing when plain text is asked for */
export function jsonInstruction(format: ChatRequest['response_format']): string | undefined {
  if (format?.type === 'json_object')
    return 'Answer with one JSON object and nothing else: no prose, no code fence.';
  if (format?.type !== 'json_schema') return undefined;
  const schema = JSON.stringify(format.json_schema.schema ?? {});
  return `Answer with one JSON value that fits this JSON Schema and nothing else, no prose, no code fence:\n${schema}`;
}

/** The request with the instruction as a last system message instead of `response_format`. */
export function withJsonInstruction(request: ChatRequest): ChatRequest {
  const instruction = jsonInstruction(request.response_format);
  if (!instruction) return request;
  const { response_format: _format, messages, ...rest } = request;
  const question = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  const at = question < 0 ? messages.length : question;
  return {
    ...rest,
    messages: [...messages.slice(0, at), { role: 'system', content: instruction }, ...messages.slice(at)],
  };
}
