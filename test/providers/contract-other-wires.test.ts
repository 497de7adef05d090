/** What providers of other wires than OpenAI's declare of themselves, held against what they send. Their wires have tests of their own. */
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failures/classify.ts';
import {
  FEATURE_NAMES,
  FEATURES,
  type FeatureName,
  type Support,
} from '../../src/providers/feature-table.ts';
import type { Call } from '../../src/providers/provider.ts';
import { providerRegistry } from '../../src/providers/registry.ts';
import { Transport } from '../../src/providers/transport.ts';
import { replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';
import { OTHER_WIRES } from './contract/cases.ts';
import { EXAMPLES } from './contract/examples.ts';
import { failureOf, made, never, question, targetAt, whole } from './support.ts';

const WHOLE: Record<string, string> = {
  anthropic: 'anthropic/text.json',
  cohere: 'cohere/text.json',
  replicate: 'replicate/succeeded.json',
};

/** A model that has what its provider has. */
const MODELS: Record<string, string> = {
  anthropic: 'claude-sonnet-4-5',
  replicate: 'meta/meta-llama-3-70b-instruct',
};

/** Where a provider has a feature only in part, the part it has. */
const IN_PART: Record<string, Partial<Record<FeatureName, object>>> = {
  cohere: { logprobs: { logprobs: true }, reasoning_effort: { reasoning_effort: 'none' } },
};

describe.each(OTHER_WIRES)('%s', (name) => {
  const { make } = providerRegistry[name as keyof typeof providerRegistry];
  const provided = make(new Transport()).features;
  const having = (support: Support) =>
    FEATURE_NAMES.filter((feature) => provided[feature] === support).filter(
      // A feature that comes with tools is refused with them.
      (feature) => support === 'refused' || !('tools' in EXAMPLES[feature] && provided.tools === 'refused'),
    );

  async function ask(request: object, call: Partial<Call> = {}) {
    const upstream = await startRawUpstream(replyWith(WHOLE[name]!));
    const model = MODELS[name] ?? 'a-model';
    const target = targetAt(upstream.url, name, { model });
    const reply = made(make).send(question(request), target, { signal: never(), ...call });
    reply.catch(() => {});
    return { upstream, reply };
  }

  it.each(having('native'))('%s is sent', async (feature) => {
    const [plain, used] = [await ask({}), await ask(IN_PART[name]?.[feature] ?? EXAMPLES[feature])];
    expect((await used.reply).dropped ?? []).toEqual([]);
    await plain.reply;
    expect(used.upstream.requests[0]!.body).not.toEqual(plain.upstream.requests[0]!.body);
  });

  it.each(having('dropped'))('%s is left out and named, and refused when all must count', async (feature) => {
    const { reply } = await ask(EXAMPLES[feature]);
    expect((await reply).dropped).toEqual(expect.arrayContaining([...FEATURES[feature].fields]));
    const strict = await ask(EXAMPLES[feature], { strictParams: true });
    expect((await failureOf(strict.reply)).facts.unsupported).toBeTruthy();
    expect(strict.upstream.requests).toHaveLength(0);
  });

  it.each(having('refused'))('%s is refused before anything is sent', async (feature) => {
    const { upstream, reply } = await ask(EXAMPLES[feature]);
    expect(classify(await failureOf(reply), 0).kind).toBe('unsupported_parameter');
    expect(upstream.requests).toHaveLength(0);
  });

  it('n is made by as many calls', async () => {
    const { upstream, reply } = await ask(EXAMPLES.n);
    expect(whole(await reply).completion.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(upstream.requests).toHaveLength(2);
  });

  it.each((['json_object', 'json_schema'] as const).filter((feature) => provided[feature] === 'emulated'))(
    '%s is made by what the provider has: its own format, a forced tool or an instruction',
    async (feature) => {
      const { upstream, reply } = await ask(EXAMPLES[feature]);
      // The fixture is prose, which is no answer where a tool was forced.
      await reply.catch(() => {});
      expect(JSON.stringify(upstream.requests[0]!.body)).toMatch(
        /Answer with one JSON|"output_config":\{"format"|"tool_choice":\{"type":"tool","name":"answer"/,
      );
    },
  );
});
