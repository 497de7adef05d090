/** Prompt templates from PromptLayer: a request names one and its variables, and the model gets its messages. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';

/** PromptLayer's answer to `POST /prompt-templates/{name}`, as its package 1.3.6 reads it. */
const TEMPLATE = {
  id: 7,
  prompt_name: 'code-helper',
  version: 3,
  prompt_template: {
    type: 'chat',
    messages: [
      {
        role: 'system',
        template_format: 'f-string',
        content: [{ type: 'text', text: 'You write {language}.' }],
        input_variables: ['language'],
      },
      {
        role: 'user',
        template_format: 'jinja2',
        content: [{ type: 'text', text: 'Show me {{ what }}.' }],
        input_variables: ['what'],
      },
    ],
    input_variables: ['language', 'what'],
  },
  metadata: { model: { provider: 'openai', name: 'gpt-4', parameters: { temperature: 0.3, seed: null } } },
  llm_kwargs: null,
  commit_message: null,
  tags: [],
};
const OK: RawReply = { body: JSON.stringify(TEMPLATE) };
const VARIABLES = { language: 'Go', what: 'a loop' };

async function withPromptLayer(...replies: readonly RawReply[]) {
  const promptLayer = await startRawUpstream(...replies);
  const gateway = await startGateway({
    RETRIES: '0',
    CACHE_TTL: '0',
    GUARDRAIL_PROMPT: 'off',
    PROMPTLAYER_API_KEY: 'key-of-promptlayer',
    PROMPTLAYER_BASE_URL: promptLayer.url,
  });
  const ask = (promptlayer: unknown, rest: object = {}) =>
    gateway.ask({ model: 'gpt-4', promptlayer, ...rest });
  const sent = () => gateway.simulator.callsTo('openai').at(-1)!.body as Record<string, unknown>;
  return { gateway, promptLayer, ask, sent };
}

describe('a request with a template', () => {
  it('sends its messages, filled in, and its parameters; the reference stays here', async () => {
    const { ask, sent, promptLayer } = await withPromptLayer(OK);
    const { status } = await ask({ prompt_name: 'code-helper', version: 3, variables: VARIABLES });
    expect(status).toBe(200);
    expect(sent()).toMatchObject({
      messages: [
        { role: 'system', content: 'You write Go.' },
        { role: 'user', content: 'Show me a loop.' },
      ],
      temperature: 0.3,
    });
    expect(sent()).not.toHaveProperty('promptlayer');
    expect(promptLayer.requests[0]).toMatchObject({
      path: '/prompt-templates/code-helper',
      body: { version: 3 },
    });
    expect(promptLayer.requests[0]!.headers['x-api-key']).toBe('key-of-promptlayer');
  });

  it('may add messages or a prompt, and parameters of its own', async () => {
    const { ask, sent } = await withPromptLayer(OK);
    const reference = { prompt_name: 'code-helper', variables: VARIABLES };
    await ask(reference, { prompt: 'And in Rust?', temperature: 0 });
    expect(sent()).toMatchObject({ temperature: 0 });
    expect((sent().messages as { content: string }[]).at(-1)).toEqual({
      role: 'user',
      content: 'And in Rust?',
    });
  });

  it('asks PromptLayer once a minute, whatever the variables', async () => {
    const { ask, promptLayer, sent } = await withPromptLayer(OK);
    for (const language of ['Go', 'Rust', 'C'])
      await ask({ prompt_name: 'code-helper', variables: { ...VARIABLES, language } });
    expect((sent().messages as { content: string }[])[0]!.content).toBe('You write C.');
    const fetched = promptLayer.requests.filter(({ path }) => path.startsWith('/prompt-templates'));
    expect(fetched).toHaveLength(1);
  });

  it('is logged there under the template, so that its versions can be compared', async () => {
    const { ask, promptLayer } = await withPromptLayer(OK);
    await ask({ prompt_name: 'code-helper', variables: VARIABLES });
    await eventually(() => {
      const logged = promptLayer.requests.find(({ path }) => path === '/log-request');
      expect(logged?.body).toMatchObject({
        prompt_name: 'code-helper',
        prompt_version_number: 3,
        prompt_input_variables: VARIABLES,
      });
    });
  });
});

describe('what is wrong with it is said, and costs nothing', () => {
  it.each([
    [{ prompt_name: '' }, 'promptlayer.prompt_name', 'must be the name of a prompt template'],
    [{ prompt_name: '../keys' }, 'promptlayer.prompt_name', 'must not hold'],
    [{ prompt_name: '..' }, 'promptlayer.prompt_name', 'must not hold'],
    [{ prompt_name: 'x', version: 'latest' }, 'promptlayer.version', 'must be a whole number'],
    [{ prompt_name: 'x', variables: { a: {} } }, 'promptlayer.variables.a', 'must be a text'],
    ['code-helper', 'promptlayer', 'must be an object such as'],
  ])('%j', async (reference, param, message) => {
    const { ask, promptLayer, gateway } = await withPromptLayer(OK);
    const { status, body } = await ask(reference);
    expect([status, body.error.param]).toEqual([400, param]);
    expect(body.error.message).toContain(message);
    expect(promptLayer.requests).toHaveLength(0);
    expect(gateway.simulator.calls).toHaveLength(0);
  });

  it('a variable that the template needs and the request has not', async () => {
    const { ask, gateway } = await withPromptLayer(OK);
    const { status, body } = await ask({ prompt_name: 'code-helper', variables: { what: 'a loop' } });
    expect(status).toBe(400);
    expect(body.error.message).toBe('The template code-helper also needs `language` in `variables`.');
    expect(gateway.simulator.calls).toHaveLength(0);
  });

  it.each([
    [404, 404, 'PromptLayer has no such template: code-helper.'],
    [422, 400, 'PromptLayer refuses the template code-helper: no'],
    [401, 502, 'PromptLayer refuses the key of this server.'],
  ])('PromptLayer answers %i', async (theirs, ours, message) => {
    const { ask } = await withPromptLayer({ status: theirs, body: '{"message":"no"}' });
    const { status, body } = await ask({ prompt_name: 'code-helper' });
    expect([status, body.error.message]).toEqual([ours, message]);
  });

  it('PromptLayer does not answer: the caller does not wait for ever', async () => {
    const { ask } = await withPromptLayer({ body: '{', ending: 'hang' });
    const { status, body } = await ask({ prompt_name: 'code-helper' });
    expect([status, body.error.message]).toEqual([
      502,
      'PromptLayer cannot be asked for the template now. Try again.',
    ]);
  });

  it('no key for PromptLayer', async () => {
    const gateway = await startGateway();
    const { status, body } = await gateway.ask({ promptlayer: { prompt_name: 'x' } });
    expect(status).toBe(400);
    expect(body.error.message).toContain('needs PROMPTLAYER_API_KEY');
  });
});
