/** The question as code that can be run elsewhere: with this server's address, and with the key in a variable where one is needed. */

/** @typedef {import('./doors.js').Door} Door */

/**
 * @typedef {object} Snippet
 * @property {Door} door
 * @property {Record<string, unknown>} body
 * @property {Record<string, string>} headers
 * @property {string} origin `http://localhost:4000`
 * @property {boolean} needsKey
 */

/** The environment variable in which the snippets expect the key. */
export const KEY_VARIABLE = 'CODELLAMA_API_KEY';

/** @type {readonly { id: string, name: string, language: string, write: (snippet: Snippet) => string }[]} */
export const snippetLanguages = [
  { id: 'curl', name: 'curl', language: 'bash', write: curl },
  { id: 'python', name: 'Python', language: 'python', write: python },
  { id: 'typescript', name: 'TypeScript', language: 'typescript', write: typescript },
];

/** @param {Snippet} snippet @returns {string} */
function curl({ door, body, headers, origin, needsKey }) {
  const lines = [
    `curl ${body.stream ? '-N ' : ''}${origin}${door.path}`,
    `-H 'content-type: application/json'`,
    ...(needsKey ? [`-H "authorization: Bearer $${KEY_VARIABLE}"`] : []),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    `-d ${quoted(JSON.stringify(body, null, 2))}`,
  ];
  return lines.join(' \\\n  ');
}

/** @param {string} text @returns {string} for a shell */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {Snippet} snippet @returns {string} */
function python(snippet) {
  const { door, headers, origin, needsKey } = snippet;
  const isAnthropic = door.id === 'messages';
  const key = needsKey ? `os.environ["${KEY_VARIABLE}"]` : '"not-needed"';
  const options = [
    ...Object.entries(sdkBody(snippet)).map(([name, value]) => `    ${name}=${pythonValue(value, '    ')},`),
    ...(Object.keys(headers).length > 0 ? [`    extra_headers=${pythonValue(headers, '    ')},`] : []),
  ].join('\n');
  const library = isAnthropic ? 'from anthropic import Anthropic' : 'from openai import OpenAI';
  const client = isAnthropic
    ? `Anthropic(base_url="${origin}", api_key=${key})`
    : `OpenAI(base_url="${origin}/v1", api_key=${key})`;
  return `${needsKey ? 'import os\n' : ''}${library}

client = ${client}
answer = client.${callOf(door)}(
${options}
)
${snippet.body.stream ? `for event in answer:\n    ${PYTHON_READ[door.id]?.stream}` : PYTHON_READ[door.id]?.whole}
`;
}

/** @type {Record<string, { whole: string, stream: string }>} */
const PYTHON_READ = {
  chat: {
    whole: 'print(answer.choices[0].message.content)',
    stream: 'print(event.choices[0].delta.content or "" if event.choices else "", end="", flush=True)',
  },
  messages: {
    whole: 'print(answer.content[0].text)',
    stream: 'print(event.delta.text if event.type == "content_block_delta" else "", end="", flush=True)',
  },
  responses: {
    whole: 'print(answer.output_text)',
    stream: 'print(event.delta if event.type == "response.output_text.delta" else "", end="", flush=True)',
  },
};

/** @param {Snippet} snippet @returns {string} */
function typescript(snippet) {
  const { door, headers, origin, needsKey, body } = snippet;
  const isAnthropic = door.id === 'messages';
  const key = needsKey ? `process.env.${KEY_VARIABLE}` : `'not-needed'`;
  const extra = Object.keys(headers).length > 0 ? `, { headers: ${scriptValue(headers, '')} }` : '';
  const [library, base] = isAnthropic ? ['Anthropic', origin] : ['OpenAI', `${origin}/v1`];
  const read = SCRIPT_READ[door.id];
  return `import ${library} from '${isAnthropic ? '@anthropic-ai/sdk' : 'openai'}';

const client = new ${library}({ baseURL: '${base}', apiKey: ${key} });
const answer = await client.${callOf(door)}(${scriptValue(sdkBody(snippet), '')}${extra});
${body.stream ? `for await (const event of answer) {\n  ${read?.stream}\n}` : read?.whole}
`;
}

/** @type {Record<string, { whole: string, stream: string }>} */
const SCRIPT_READ = {
  chat: {
    whole: 'console.log(answer.choices[0]?.message.content);',
    stream: `process.stdout.write(event.choices[0]?.delta?.content ?? '');`,
  },
  messages: {
    whole: `console.log(answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''));`,
    stream: `if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') process.stdout.write(event.delta.text);`,
  },
  responses: {
    whole: 'console.log(answer.output_text);',
    stream: `if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);`,
  },
};

/** @param {Door} door @returns {string} */
function callOf({ id }) {
  return { chat: 'chat.completions.create', messages: 'messages.create' }[id] ?? 'responses.create';
}

/** SDKs know no `prompt` in a chat, and want a model. @param {Snippet} snippet @returns {Record<string, unknown>} */
function sdkBody({ door, body }) {
  if (door.id !== 'chat') return body;
  const { prompt, model = 'default', ...others } = body;
  return { model, ...(prompt !== undefined && { messages: [{ role: 'user', content: prompt }] }), ...others };
}

/** @param {unknown} value @param {string} indent @returns {string} */
function pythonValue(value, indent) {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map((item) => pythonValue(item, indent)).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}: ${pythonValue(item, indent)}`)
    .join(', ')}}`;
}

/** @param {unknown} value @param {string} indent @returns {string} */
function scriptValue(value, indent) {
  if (Array.isArray(value)) return `[${value.map((item) => scriptValue(item, indent)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isTop = indent === '' && Object.keys(value).length > 2;
  const fields = Object.entries(value).map(([name, item]) => {
    const key = /^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name);
    return `${key}: ${scriptValue(item, `${indent}  `)}`;
  });
  return isTop ? `{\n${fields.map((field) => `  ${field},\n`).join('')}}` : `{ ${fields.join(', ')} }`;
}
