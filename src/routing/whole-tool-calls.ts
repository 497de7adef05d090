/** Which answers give their tool calls whole or not at all, and what becomes of a whole answer then. */
import type { ChatCompletion } from '../core/openai-types.ts';
import type { toolSchemas } from '../guard/tool-calls/tool-arguments.ts';
import { withWholeCalls } from '../guard/tool-calls/whole-calls.ts';
import type { Target, WholeReply } from '../providers/provider.ts';
import type { RoutedCall, RouterSettings } from './routed.ts';

/**
 * Where nobody else could give a better call, its pieces go on as they come, unless the configuration says otherwise, or
 * the door has no words for arguments that are no JSON.
 * @param isNative the answer goes on as it is on its own wire
 */
export function wantsWholeCalls(
  call: RoutedCall,
  settings: RouterSettings,
  { isAlone, isNative }: { isAlone: boolean; isNative: boolean },
): boolean {
  if (!call.request.tools?.length) return false;
  const said = call.toolCalls ?? settings.toolCalls;
  if (said !== undefined) return said === 'whole';
  return !isAlone || (call.tellsArgumentsAsJson === true && !isNative);
}

/** @throws {UpstreamFailure} for a call that does not hold */
export function wholeCalls(
  { completion }: WholeReply,
  schemas: ReturnType<typeof toolSchemas>,
  target: Target,
  discard: (text: string) => void,
): Readonly<ChatCompletion> {
  try {
    return withWholeCalls(completion, schemas, target.provider);
  } catch (error) {
    discard(completion.choices.map(({ message }) => JSON.stringify(message)).join('\n'));
    throw error;
  }
}
