/** Bodies that want to hurt, for every door: huge, deep, torn, or made of very many parts. */

const MEGABYTE = 1024 * 1024;

export interface HostileBody {
  readonly path: string;
  /** Made when it is sent: together they would take most of the memory. */
  readonly make: () => string;
}

/** How a door is asked. */
interface Door {
  readonly path: string;
  readonly of: (texts: readonly string[]) => object;
  /** The field for tools, where it has one. */
  readonly tools?: (schema: object, count: number) => object;
}

const tool = (schema: object, at: number) => ({ name: `f${at}`, parameters: schema });
const many = <Item>(count: number, make: (at: number) => Item) =>
  Array.from({ length: count }, (_, at) => make(at));
const chat: Pick<Door, 'of' | 'tools'> = {
  of: (texts) => ({ model: 'hostile', messages: texts.map((content) => ({ role: 'user', content })) }),
  tools: (schema, count) => ({
    tools: many(count, (at) => ({ type: 'function', function: tool(schema, at) })),
  }),
};
const messages: Pick<Door, 'of' | 'tools'> = {
  of: (texts) => ({ ...chat.of(texts), max_tokens: 10 }),
  tools: (schema, count) => ({ tools: many(count, (at) => ({ name: `f${at}`, input_schema: schema })) }),
};
const gemini: Pick<Door, 'of' | 'tools'> = {
  of: (texts) => ({ contents: texts.map((text) => ({ role: 'user', parts: [{ text }] })) }),
  tools: (schema, count) => ({
    tools: [
      {
        functionDeclarations: many(count, (at) => ({ name: `f${at}`, parametersJsonSchema: schema })),
      },
    ],
  }),
};
const DOORS: Readonly<Record<string, Door>> = {
  chat: { path: '/v1/chat/completions', ...chat },
  explain: { path: '/v1/explain', ...chat },
  messages: { path: '/v1/messages', ...messages },
  'explain messages': { path: '/v1/explain?format=anthropic', ...messages },
  'count tokens': { path: '/v1/messages/count_tokens', ...messages },
  responses: {
    path: '/v1/responses',
    of: (texts) => ({ model: 'hostile', input: texts.map((content) => ({ role: 'user', content })) }),
    tools: (schema, count) => ({
      tools: many(count, (at) => ({ type: 'function', ...tool(schema, at) })),
    }),
  },
  gemini: { path: '/v1beta/models/hostile:generateContent', ...gemini },
  'gemini count': { path: '/v1beta/models/hostile:countTokens', ...gemini },
  completions: { path: '/v1/completions', of: (prompt) => ({ model: 'hostile', prompt }) },
  embeddings: { path: '/v1/embeddings', of: (input) => ({ model: 'hostile', input }) },
  fim: {
    path: '/v1/fim/completions',
    of: (texts) => ({ model: 'hostile', prompt: texts.join(' '), suffix: texts.join('\n') }),
  },
};

const lorem = (bytes: number) => 'lorem ipsum '.repeat(bytes / 12);
const names = (count: number) => Object.fromEntries(many(count, (at) => [`name${at}`, 1]));

/** What is done to each door. */
const SHAPES: Readonly<Record<string, (door: Door) => object | string>> = {
  '8 MB of text': ({ of }) => of([lorem(8 * MEGABYTE)]),
  '28 MB of text': (door) => door.of([lorem((door.path.includes('fim') ? 14 : 28) * MEGABYTE)]),
  '8 MB of one letter': ({ of }) => of(['a'.repeat(8 * MEGABYTE)]),
  '8 MB of characters of four bytes': ({ of }) => of(['👍🏽'.repeat(MEGABYTE)]),
  '28 MB of escapes': ({ of }) => JSON.stringify(of(['@'])).replaceAll('@', '\\u001f'.repeat(4_500_000)),
  '20,000 texts': ({ of }) => of(many(20_000, (at) => `x ${at}`)),
  '140,000 texts': ({ of }) => of(many(140_000, (at) => `${at}`)),
  '9,000 texts of 3 kB': ({ of }) => of(many(9_000, (at) => `${at}${lorem(3_000)}`)),
  '90,000 names in a tool': ({ of, tools }) => ({ ...of(['x']), ...tools?.(names(90_000), 1) }),
  '20,000 names in a tool': ({ of, tools }) => ({ ...of(['x']), ...tools?.(names(20_000), 1) }),
  '10,000 tools': ({ of, tools }) => ({
    ...of(['x']),
    ...tools?.({ type: 'object', properties: { a: { type: 'string' } } }, 10_000),
  }),
  '140,000 items in a field': ({ of }) => ({ ...of(['x']), metadata: { a: many(140_000, (at) => at) } }),
  '49,000 long numbers': ({ of }) => ({ ...of(['x']), metadata: many(49_000, () => 1234567890123456) }),
};

/** Those of the door that is used most, which the server has met one by one. */
const OTHERS: Readonly<Record<string, () => string>> = {
  'messages of numbers': () => `{"model":"hostile","messages":[${'0,'.repeat(2_000_000)}0]}`,
  'fields of ours': () => `{"model":"hostile","prompt":"x",${many(150_000, (at) => `"f${at}":1`).join(',')}}`,
  'deep list': () => '['.repeat(8 * MEGABYTE),
  'deep field': () => `{"prompt":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
  spaces: () => JSON.stringify({ model: 'hostile', prompt: ' '.repeat(4 * MEGABYTE), stream: true }),
  'deep arguments': () => withArguments('['.repeat(4_000_000)),
  'arguments of a list': () => withArguments(`{"a":[${'1,'.repeat(1_100_000)}1]}`),
  'arguments of lists': () => withArguments(`{"a":[${'[],'.repeat(1_100_000)}1]}`),
  'arguments of names': () =>
    withArguments(JSON.stringify(Object.fromEntries(many(59_000, (at) => [`k${at}`, at])))),
  '18,000 calls': () =>
    JSON.stringify({
      model: 'claude',
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: null,
          tool_calls: many(18_000, (at) => ({
            id: `c${at}`,
            type: 'function',
            function: { name: 'f', arguments: '{}' },
          })),
        },
        { role: 'tool', tool_call_id: 'c0', content: 'x' },
      ],
    }),
  'hundred answers': () => JSON.stringify({ model: 'hostile', prompt: 'x', n: 100, max_tokens: 1_000_000 }),
  'hundred calls of 1 MB': () =>
    JSON.stringify({ model: 'hostile-claude', prompt: lorem(MEGABYTE), n: 100, max_tokens: 10 }),
  'hundred calls of 8 MB': () =>
    JSON.stringify({ model: 'hostile-claude', prompt: lorem(8 * MEGABYTE), n: 100, max_tokens: 10 }),
  video: () =>
    JSON.stringify({
      model: 'hostile',
      messages: [
        { role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://example.com' } }] },
      ],
    }),
  'picture of 20 MB': () => withPictures('hostile', 1, 20 * MEGABYTE),
  'picture of 20 MB for Claude': () => withPictures('claude', 1, 20 * MEGABYTE),
  '2,000 pictures': () => withPictures('claude', 2_000, 8_000),
  'half characters': () => '{"model":"hostile","prompt":"\\ud800","user":"\\ud800"}',
  'a bracket': () => '{',
};

function withArguments(text: string): string {
  return JSON.stringify({
    model: 'claude',
    messages: [
      { role: 'user', content: 'x' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: text } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'x' },
    ],
  });
}

function withPictures(model: string, count: number, bytes: number): string {
  const url = `data:image/png;base64,${'iVBORw0KGgo'.repeat(bytes / 11)}`;
  const content = many(count, () => ({ type: 'image_url', image_url: { url } }));
  return JSON.stringify({ model, messages: [{ role: 'user', content }] });
}

const asText = (body: object | string) => (typeof body === 'string' ? body : JSON.stringify(body));

export const BODIES: Readonly<Record<string, HostileBody>> = Object.fromEntries([
  ...Object.entries(OTHERS).map(([name, make]) => [name, { path: DOORS.chat!.path, make }]),
  ...Object.entries(DOORS).flatMap(([door, asked]) =>
    Object.entries(SHAPES).map(([shape, body]) => [
      `${door}: ${shape}`,
      { path: asked.path, make: () => asText(body(asked)) },
    ]),
  ),
]);
