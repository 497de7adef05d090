/** A turn of a coding agent, some 200 kB: its system prompt, 15 tools, and a history of 60 calls and their results. */

const TOOLS = 15;
const ROUNDS = 60;
/** Characters of a file that was read. */
const RESULT = 2_600;

const line = (round: number) =>
  `  const value${round} = await read("src/part-${round}.ts", { encoding: "utf8" }); // "quoted"\n`;
const file = (round: number) => line(round).repeat(Math.ceil(RESULT / line(round).length));
const SYSTEM = `You are a coding agent. ${'Be brief, say what you do, and test it. '.repeat(200)}`;
const schema = (tool: number) => ({
  type: 'object',
  properties: {
    path: {
      type: 'string',
      description: `The file that tool ${tool} works on, from the root of the project.`,
    },
    range: {
      type: 'object',
      properties: { from: { type: 'integer' }, to: { type: 'integer' } },
      required: ['from'],
    },
    flags: { type: 'array', items: { type: 'string', enum: ['a', 'b', 'c'] } },
  },
  required: ['path'],
  additionalProperties: false,
});
const description = (tool: number) =>
  `Tool ${tool}. ${'It does one thing and says what it did. '.repeat(20)}`;
const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
const tools = Array.from({ length: TOOLS }, (_, tool) => tool);

export function chatTurn(prompt: string): object {
  return {
    model: 'codellama',
    max_tokens: 4_000,
    messages: [
      { role: 'system', content: SYSTEM },
      { role: 'user', content: prompt },
      ...rounds.flatMap((round) => [
        {
          role: 'assistant',
          content: 'I look.',
          tool_calls: [
            {
              id: `call_${round}`,
              type: 'function',
              function: { name: `tool_${round % TOOLS}`, arguments: `{"path":"src/part-${round}.ts"}` },
            },
          ],
        },
        { role: 'tool', tool_call_id: `call_${round}`, content: file(round) },
      ]),
    ],
    tools: tools.map((tool) => ({
      type: 'function',
      function: { name: `tool_${tool}`, description: description(tool), parameters: schema(tool) },
    })),
  };
}

export function messagesTurn(prompt: string): object {
  return {
    model: 'claude-sonnet-5-5',
    max_tokens: 4_000,
    system: [{ type: 'text', text: SYSTEM, cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'user', content: prompt },
      ...rounds.flatMap((round) => [
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            {
              type: 'tool_use',
              id: `toolu_${round}`,
              name: `tool_${round % TOOLS}`,
              input: { path: `src/part-${round}.ts` },
            },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: `toolu_${round}`, content: file(round) }],
        },
      ]),
    ],
    tools: tools.map((tool) => ({
      name: `tool_${tool}`,
      description: description(tool),
      input_schema: schema(tool),
    })),
  };
}
