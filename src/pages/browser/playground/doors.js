/** The public API formats a question can be asked in: how each is written, and where its words are in what comes back. */

/**
 * @typedef {object} Question
 * @property {string} prompt used where there are no messages
 * @property {readonly { role: string, content: string }[] | undefined} messages
 * @property {string} model empty: the default chain
 * @property {boolean} stream
 * @property {{ max_tokens?: number, temperature?: number, top_p?: number, user?: string }} parameters
 * @property {Record<string, unknown>} more fields put into the body as they are
 */

/**
 * What one event says.
 * @typedef {object} Part
 * @property {string} [text]
 * @property {string} [model]
 * @property {boolean} [stitched] the answer was continued by another model
 * @property {boolean} [end] the format's own sign of a good end
 * @property {string} [error]
 */

/**
 * @typedef {object} Door
 * @property {string} id
 * @property {string} name
 * @property {string} path
 * @property {(question: Question) => Record<string, unknown>} body
 * @property {(data: any) => Part} readEvent
 * @property {(body: any) => { text: string, model: string | undefined }} readWhole
 */

/** Anthropic's format cannot do without. */
const MESSAGES_MAX_TOKENS = 1024;

/** @param {Question} question */
function asMessages({ prompt, messages }) {
  return messages
    ? messages.map(({ role, content }) => ({ role, content }))
    : [{ role: 'user', content: prompt }];
}

/** @param {Question} question @returns {string | undefined} what an operator says, where the format has a field for it */
function instructions({ messages }) {
  const said = messages?.filter(({ role }) => role === 'system').map(({ content }) => content);
  return said?.join('\n\n') || undefined;
}

/** @param {Question} question */
function conversation(question) {
  return asMessages(question).filter(({ role }) => role !== 'system');
}

/** @param {Record<string, unknown>} fields @returns {Record<string, unknown>} those that have a value */
function given(fields) {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** @type {Door} */
const chat = {
  id: 'chat',
  name: 'Chat completions (OpenAI)',
  path: '/chat/completions',
  body: (question) =>
    given({
      ...(question.messages ? { messages: asMessages(question) } : { prompt: question.prompt }),
      model: question.model,
      stream: question.stream || undefined,
      ...question.parameters,
      ...question.more,
    }),
  readEvent: (data) => {
    if (data === '[DONE]') return { end: true };
    if (data.error) return { error: data.error.message };
    return {
      text: data.choices?.[0]?.delta?.content ?? '',
      model: data.model,
      stitched: data.x_stitched === true,
    };
  },
  readWhole: (body) => ({ text: body.choices?.[0]?.message?.content ?? '', model: body.model }),
};

/** @type {Door} */
const messages = {
  id: 'messages',
  name: 'Messages (Anthropic)',
  path: '/v1/messages',
  body: (question) => {
    const { user, max_tokens, ...others } = question.parameters;
    return given({
      model: question.model || 'default',
      max_tokens: max_tokens ?? MESSAGES_MAX_TOKENS,
      system: instructions(question),
      messages: conversation(question),
      stream: question.stream || undefined,
      ...others,
      metadata: user ? { user_id: user } : undefined,
      ...question.more,
    });
  },
  readEvent: (data) => {
    if (data.type === 'error') return { error: data.error?.message ?? 'The stream broke.' };
    if (data.type === 'message_stop') return { end: true };
    if (data.type === 'message_start') return { model: data.message?.model };
    return { text: data.delta?.type === 'text_delta' ? data.delta.text : '' };
  },
  readWhole: (body) => ({
    text: (body.content ?? []).map((/** @type {any} */ block) => block.text ?? '').join(''),
    model: body.model,
  }),
};

/** @type {Door} */
const responses = {
  id: 'responses',
  name: 'Responses (OpenAI)',
  path: '/v1/responses',
  body: (question) => {
    const { max_tokens, ...others } = question.parameters;
    return given({
      model: question.model || 'default',
      instructions: instructions(question),
      input: question.messages ? conversation(question) : question.prompt,
      max_output_tokens: max_tokens,
      stream: question.stream || undefined,
      store: false,
      ...others,
      ...question.more,
    });
  },
  readEvent: (data) => {
    if (data.type === 'error') return { error: data.message ?? data.error?.message ?? 'The stream broke.' };
    if (data.type === 'response.failed')
      return { error: data.response?.error?.message ?? 'The stream broke.' };
    if (data.type === 'response.completed' || data.type === 'response.incomplete')
      return { end: true, model: data.response?.model };
    return { text: data.type === 'response.output_text.delta' ? data.delta : '' };
  },
  readWhole: (body) => ({
    text: (body.output ?? [])
      .flatMap((/** @type {any} */ item) => item.content ?? [])
      .map((/** @type {any} */ part) => part.text ?? '')
      .join(''),
    model: body.model,
  }),
};

/** @type {readonly [Door, ...Door[]]} */
export const doors = [chat, messages, responses];
