/** Hands a request of the log over to the playground, within this tab alone: a prompt has no place in an address. */

const NAME = 'rerun';

/** @param {{ chain?: string, stream?: boolean, prompt?: unknown }} receipt */
export function keepForPlayground({ chain, stream, prompt }) {
  sessionStorage.setItem(NAME, JSON.stringify({ model: chain, stream, messages: prompt }));
  location.assign('/');
}

/** @returns {Partial<import('../playground/question-form.js').Draft>} what to begin with; only once */
export function takeFromLog() {
  const kept = sessionStorage.getItem(NAME);
  if (!kept) return {};
  sessionStorage.removeItem(NAME);
  const { model, stream, messages } = JSON.parse(kept);
  return {
    models: [model && model !== 'default' ? model : '', ''],
    stream: stream !== false,
    ...(Array.isArray(messages) && { form: 'messages', messages: messages.map(asText) }),
  };
}

/** @param {{ role: string, content: unknown }} message */
function asText({ role, content }) {
  const parts = Array.isArray(content) ? content.map((part) => part.text ?? '').join('\n') : content;
  return { role: role === 'system' || role === 'assistant' ? role : 'user', content: String(parts ?? '') };
}
