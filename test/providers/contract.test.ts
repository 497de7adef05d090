/** What every provider promises, held against the bytes it sends and the bytes it is sent. */
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failures/classify.ts';
import {
  FEATURE_NAMES,
  FEATURES,
  type FeatureName,
  type Support,
} from '../../src/providers/feature-table.ts';
import type { Call, Target } from '../../src/providers/provider.ts';
import { PROVIDER_NAMES } from '../../src/providers/registry.ts';
import { Transport } from '../../src/providers/transport.ts';
import { fixture, type RawReply, replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import { CASE_NAMES, cases, OTHER_WIRES } from './contract/cases.ts';
import { EXAMPLES, IDLE, TOOL_RESULTS, time, weather } from './contract/examples.ts';
import { failureOf, KEY, made, never, question, read, targetAt, toolCalls, whole } from './support.ts';

it('covers all providers', () => {
  expect(new Set([...CASE_NAMES, ...OTHER_WIRES])).toEqual(new Set([...PROVIDER_NAMES, ...OTHER_WIRES]));
});

describe.each(cases)('$name', ({ name, make, path, credentials, fixtures, errors, ...wire }) => {
  /** Asks an upstream that answers with these bytes. */
  async function ask(
    raw: RawReply,
    request: object = {},
    over: { target?: Partial<Target>; call?: Partial<Call> } = {},
  ) {
    const upstream = await startRawUpstream(raw);
    const provider = made(make);
    const target = targetAt(upstream.url, name, over.target);
    const reply = provider.send(question(request), target, { signal: never(), ...over.call });
    // A failure is looked at later, by those who want one.
    reply.catch(() => {});
    return { upstream, provider, reply };
  }
  const provided = make(new Transport()).features;
  /** A feature that needs tools is refused with them. */
  const supportOf = (feature: FeatureName): Support =>
    'tools' in EXAMPLES[feature] && provided.tools === 'refused' ? 'refused' : provided[feature];

  it('answers, with usage', async () => {
    const { upstream, reply } = await ask(replyWith(fixtures.text, { pieces: 7 }));
    const { completion, dropped } = whole(await reply);
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'Hello! 世界 🎉' },
    });
    expect(completion.usage).toMatchObject({ prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 });
    expect(dropped ?? []).toEqual([]);
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]).toMatchObject({ method: 'POST', path, headers: credentials });
  });

  it.each([10_000, 1])('streams, with usage, read %i bytes at a time', async (pieces) => {
    const { upstream, reply } = await ask(replyWith(fixtures.stream, { pieces }), { stream: true });
    const { text, finish, failure, chunks } = await read(await reply);
    expect({ text, finish, failure }).toEqual({
      text: 'Hello, 世界 👋🏽!',
      finish: 'stop',
      failure: undefined,
    });
    const usage = chunks.findLast((chunk) => chunk.usage)!.usage;
    expect(usage).toMatchObject({ prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 });
    const { stream, stream_options: options } = upstream.requests[0]!.body;
    expect({ stream, options }).toEqual({ stream: true, options: wire.streamOptions });
  });

  it('gives of a cut stream what was whole, then fails', async () => {
    const { reply } = await ask(replyWith(fixtures.cutStream, { ending: 'cut' }), { stream: true });
    const { text, failure } = await read(await reply);
    expect(text).toBe('Hello');
    expect(classify(failure, 0).kind).toBe('upstream_unavailable');
  });

  it.each(errors)(
    '$status of $fixture is $kind',
    async ({ status, fixture, headers, kind, retryAfterMs }) => {
      const { upstream, reply } = await ask(replyWith(fixture, { status, headers }));
      const failure = classify(await failureOf(reply), Date.now());
      expect(failure).toMatchObject({ kind, retryAfterMs });
      expect(JSON.stringify(failure.facts)).not.toContain(KEY);
      // It never tries again itself.
      expect(upstream.requests).toHaveLength(1);
    },
  );

  it('says in an error what the provider said', async () => {
    for (const { status, fixture: name } of errors.filter((error) => error.fixture.endsWith('.json'))) {
      const { reply } = await ask(replyWith(name, { status }));
      const { reason } = (await failureOf(reply)).facts;
      expect(reason, name).toBeTruthy();
      // Keys it quotes are made unreadable.
      const said = JSON.stringify(JSON.parse(fixture(name).toString()));
      for (const word of reason!.match(/[A-Za-z]{4,}/g)!) expect(said, name).toContain(word);
    }
  });

  const withTools = provided.tools === 'refused' ? [] : ['with tools'];

  describe.each(withTools)('%s', () => {
    const request = { tools: [weather, time] };

    it('is called back', async () => {
      const { upstream, reply } = await ask(replyWith(fixtures.tool), request);
      const choice = whole(await reply).completion.choices[0]!;
      expect(choice.finish_reason).toBe('tool_calls');
      expect(choice.message.tool_calls).toHaveLength(1);
      expect(upstream.requests[0]!.body).toMatchObject(request);
    });

    it('is called back twice at once', async () => {
      const { reply } = await ask(replyWith(fixtures.twoTools), request);
      expect(whole(await reply).completion.choices[0]!.message.tool_calls).toMatchObject([
        {
          id: 'call_1',
          type: 'function',
          function: { name: 'get_weather', arguments: '{"location":"Paris"}' },
        },
        { id: 'call_2', type: 'function', function: { name: 'get_time', arguments: '{}' } },
      ]);
    });

    it('streams its calls, or answers whole where it cannot', async () => {
      const raw = replyWith(wire.toolsOnlyWhole ? fixtures.twoTools : fixtures.toolStream);
      const { upstream, reply } = await ask(raw, { ...request, stream: true });
      expect(upstream.requests).toHaveLength(0);
      const answer = await reply;
      expect(upstream.requests[0]!.body.stream).toBe(!wire.toolsOnlyWhole);
      if (wire.toolsOnlyWhole) {
        expect(whole(answer).completion.choices[0]!.message.tool_calls).toHaveLength(2);
        return;
      }
      const { chunks, finish } = await read(answer);
      expect(finish).toBe('tool_calls');
      expect(toolCalls(chunks)).toEqual([
        { id: 'call_1', name: 'get_weather', text: '{"location":"Paris"}' },
        { id: 'call_2', name: 'get_time', text: '{}' },
      ]);
    });

    it('is told their results', async () => {
      const { upstream, reply } = await ask(replyWith(fixtures.text), TOOL_RESULTS);
      await reply;
      expect(upstream.requests[0]!.body).toMatchObject(wire.sentResults);
    });
  });

  const having = (support: Support) => FEATURE_NAMES.filter((feature) => supportOf(feature) === support);

  it.each(having('native'))('%s is sent', async (feature) => {
    const { upstream, reply } = await ask(replyWith(fixtures.text), EXAMPLES[feature]);
    expect((await reply).dropped ?? []).toEqual(
      FEATURE_NAMES.filter((other) => other in EXAMPLES[feature] && provided[other] === 'dropped'),
    );
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]!.body).toMatchObject(wire.sentAs(feature));
  });

  it.each(having('dropped'))('%s is left out and named, and refused when all must count', async (feature) => {
    const { upstream, reply } = await ask(replyWith(fixtures.text), EXAMPLES[feature]);
    const { dropped } = await reply;
    expect(dropped).toEqual([...FEATURES[feature].fields]);
    for (const field of FEATURES[feature].fields)
      expect(upstream.requests[0]!.body).not.toHaveProperty(field);

    const strict = await ask(replyWith(fixtures.text), EXAMPLES[feature], { call: { strictParams: true } });
    expect((await failureOf(strict.reply)).facts.unsupported).toBe(FEATURES[feature].fields[0]);
    expect(strict.upstream.requests).toHaveLength(0);
  });

  it.each(having('refused'))('%s is refused before anything is sent', async (feature) => {
    const { upstream, reply } = await ask(replyWith(fixtures.text), EXAMPLES[feature]);
    const failure = await failureOf(reply);
    expect([FEATURES[feature].fields[0], 'tools']).toContain(failure.facts.unsupported);
    expect(classify(failure, 0)).toMatchObject({ kind: 'unsupported_parameter' });
    expect(upstream.requests).toHaveLength(0);
  });

  it.each(having('refused').filter((feature) => provided[feature] === 'refused'))(
    '%s is sent where the configuration says that the model has it',
    async (feature) => {
      const capabilities = { tools: true, [feature]: true };
      const { upstream, reply } = await ask(replyWith(fixtures.text), EXAMPLES[feature], {
        target: { capabilities },
      });
      await reply;
      expect(upstream.requests[0]!.body).toMatchObject(wire.sentAs(feature));
    },
  );

  it.each(FEATURE_NAMES.filter((feature) => IDLE[feature] && provided[feature] !== 'native'))(
    '%s that asks for nothing is left out and not named',
    async (feature) => {
      const { upstream, reply } = await ask(replyWith(fixtures.text), IDLE[feature], {
        call: { strictParams: true },
      });
      expect((await reply).dropped ?? []).toEqual([]);
      for (const field of FEATURES[feature].fields)
        expect(upstream.requests[0]!.body).not.toHaveProperty(field);
    },
  );

  const several = having('emulated').filter((feature) => feature === 'n');

  it.each(several)('%s is made by as many calls', async () => {
    const { upstream, reply } = await ask(replyWith(fixtures.text), EXAMPLES.n);
    const { completion } = whole(await reply);
    expect(completion.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(completion.usage).toMatchObject({ prompt_tokens: 38, completion_tokens: 20, total_tokens: 58 });
    expect(upstream.requests).toHaveLength(2);
    for (const { body } of upstream.requests) expect(body).not.toHaveProperty('n');
  });

  it.each(several)('%s is made by as many streams', async () => {
    const { upstream, reply } = await ask(replyWith(fixtures.stream), { ...EXAMPLES.n, stream: true });
    const { chunks, failure } = await read(await reply);
    expect(failure).toBeUndefined();
    for (const index of [0, 1]) {
      const own = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index));
      expect(own.map(({ delta }) => delta.content ?? '').join('')).toBe('Hello, 世界 👋🏽!');
    }
    expect(chunks.filter(({ usage }) => usage).map(({ usage }) => usage)).toMatchObject([
      { prompt_tokens: 38, completion_tokens: 20, total_tokens: 58 },
    ]);
    expect(upstream.requests).toHaveLength(2);
  });

  it.each((['json_object', 'json_schema'] as const).filter((feature) => provided[feature] === 'emulated'))(
    '%s is made by an instruction, and by the other JSON mode where there is one',
    async (feature) => {
      const { upstream, reply } = await ask(replyWith(fixtures.json), EXAMPLES[feature]);
      const { completion, dropped } = whole(await reply);
      expect(JSON.parse(completion.choices[0]!.message.content!)).toEqual({ city: 'Malmö' });
      expect(dropped ?? []).toEqual([]);
      const { body } = upstream.requests[0]!;
      const other = feature === 'json_object' ? 'json_schema' : 'json_object';
      if (provided[other] === 'native') expect(body.response_format).toMatchObject({ type: other });
      else expect(body).not.toHaveProperty('response_format');
      expect(JSON.stringify(body)).toMatch(/Answer with one JSON/);
    },
  );
});
