/** Text completions by any provider: at its own endpoint where it has one for the model, else by a chat that is told to. */
import type { ChatMessage, ChatRequest } from '../../core/openai-types.ts';
import { UpstreamFailure } from '../../failures/upstream-failure.ts';
import { fanOut } from '../n-choices.ts';
import type { Call, Gap, Provider, Reply, Target } from '../provider.ts';
import { completeByChat } from './complete-by-chat.ts';
import { gapInControlTokens } from './control-tokens.ts';

/** Answers of a server that has no such endpoint, or not for this model. */
const NO_ENDPOINT: readonly (number | undefined)[] = [404, 405, 501];

/** Targets that were seen to have no endpoint, so that it is asked for once. */
const withoutEndpoint = new WeakSet<Target>();

/** Several prompts are as many calls. @throws {UpstreamFailure} */
export async function complete(
  provider: Provider,
  request: ChatRequest,
  target: Target,
  call: Call,
): Promise<Reply> {
  const prompts = request.messages.filter((message) => !isInstruction(message));
  const instructions = request.messages.filter(isInstruction);
  if (prompts.length === 1) return completeOne(provider, request, instructions, target, call);
  const each = Math.max(1, Math.floor((request.n ?? prompts.length) / prompts.length));
  const requests = prompts.map((prompt) => ({ ...request, n: each, messages: [...instructions, prompt] }));
  return fanOut(
    requests,
    (one, oneCall) => completeOne(provider, one, instructions, target, oneCall),
    call,
    each,
  );
}

async function completeOne(
  provider: Provider,
  request: ChatRequest,
  instructions: readonly ChatMessage[],
  target: Target,
  call: Call,
): Promise<Reply> {
  const gap = gapOf(request);
  const byChat = () => completeByChat(provider, request, { gap, instructions }, target, call);
  // A prompt as it is has no place for instructions.
  if (instructions.length > 0 || withoutEndpoint.has(target)) return byChat();
  const own = provider.complete?.(request, gap, target, call);
  if (!own) return byChat();
  try {
    return await own;
  } catch (error) {
    if (!(error instanceof UpstreamFailure) || !NO_ENDPOINT.includes(error.facts.status)) throw error;
  }
  const reply = await byChat();
  withoutEndpoint.add(target);
  return reply;
}

function gapOf({ messages, suffix }: ChatRequest): Gap {
  const prefix = String(messages.at(-1)?.content ?? '');
  return suffix === undefined
    ? (gapInControlTokens(prefix) ?? { prefix, suffix: undefined })
    : { prefix, suffix };
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}
