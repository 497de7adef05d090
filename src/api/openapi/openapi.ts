/** The description of the API (OpenAPI 3.1), made from the list of endpoints and the schemas that requests are checked by. */
import { z } from 'zod';
import type { Endpoint } from '../endpoint.ts';
import { googleError } from './google-schemas.ts';
import { type RouteDescription, TAGS } from './route-description.ts';
import { ROUTE_DESCRIPTIONS, UNDESCRIBED } from './route-descriptions.ts';
import { anthropicError, error } from './server-schemas.ts';

const DESCRIPTION = `One gateway to many language models: chains with fallbacks, keys with budgets, caches and a ledger.

Errors of most routes have OpenAI's shape; those of \`/v1/messages\` have Anthropic's, those of \`/v1beta\` Google's. Every reply has an \`x-request-id\`, and answers say what
happened in \`x-model\`, \`x-attempts\`, \`x-cache\` and \`x-cost-usd\`. Paths under \`/v1\` are the same without it where that is said.`;

type Json = Record<string, unknown>;

/** @throws {Error} for a route that has no description, or a description without a route */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Json> = {};
  const left = new Set(Object.keys(ROUTE_DESCRIPTIONS));
  for (const endpoint of endpoints) {
    const name = `${endpoint.method} ${endpoint.paths[0]}`;
    if (UNDESCRIBED.has(name)) continue;
    const described = endpoint.description ?? ROUTE_DESCRIPTIONS[name];
    if (!described)
      throw new Error(
        `${name} has no line in src/api/openapi/route-descriptions.ts, and no \`description\` of its own.`,
      );
    left.delete(name);
    const path = endpoint.paths[0]!.replaceAll('*}', '}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describe(endpoint, described) };
  }
  if (left.size > 0) throw new Error(`There are no routes ${[...left].join(', ')}.`);
  return {
    openapi: '3.1.0',
    info: {
      title: 'CodeLlama Server',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The administrator’s key, or a caller’s' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        session: { type: 'apiKey', in: 'cookie', name: 'codellama_session' },
      },
      schemas: {
        Error: schemaOf(error),
        AnthropicError: schemaOf(anthropicError),
        GoogleError: schemaOf(googleError),
      },
    },
  };
}

function describe(endpoint: Endpoint, described: RouteDescription): Json {
  const { summary, tag, query, body, status = 200 } = described;
  const parameters = [...pathParameters(endpoint.paths[0]!), ...(query ? queryParameters(query) : [])];
  const others = endpoint.paths.slice(1).map((path) => `\`${path.replaceAll('*}', '}')}\``);
  const access = endpoint.kind === 'chat' ? 'caller' : endpoint.access;
  const notes = [ACCESS[access], ...(others.length > 0 ? [`Also ${others.join(', ')}.`] : [])];
  return {
    tags: [tag],
    summary,
    description: notes.filter(Boolean).join(' '),
    operationId: operationId(endpoint),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: json(schemaOf(body)) } }),
    responses: {
      [status]: { description: 'Done', content: contentOf(described) },
      default: { description: 'What is wrong, and what to do', content: json(errorOf(endpoint, described)) },
    },
    security: access === 'anyone' ? [] : [{ bearer: [] }, { apiKey: [] }, { session: [] }],
  };
}

const ACCESS: Readonly<Record<string, string>> = {
  anyone: 'Needs no key.',
  caller: '',
  admin: 'For the administrator.',
  manager: 'For the administrator; in open mode only with OPEN_ADMIN.',
  scraper: 'For the administrator, or with METRICS_TOKEN.',
};

function contentOf({ reply, otherTypes = [] }: RouteDescription): Json {
  const others = otherTypes.map((type) => [type, { schema: { type: 'string' } }] as const);
  return { ...(reply && json(schemaOf(reply))), ...Object.fromEntries(others) };
}

function errorOf(endpoint: Endpoint, { error: own }: RouteDescription): Json {
  if (own) return schemaOf(own);
  const [path] = endpoint.paths;
  const isAnthropic = path!.startsWith('/v1/messages');
  const name = isAnthropic ? 'AnthropicError' : path!.startsWith('/v1beta/') ? 'GoogleError' : 'Error';
  return { $ref: `#/components/schemas/${name}` };
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)(\*)?\}/g)].map(([, name, hasSlashes]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(hasSlashes && { description: 'May hold slashes, as they are or as `%2F`' }),
  }));
}

function queryParameters(query: z.ZodObject): Json[] {
  return Object.entries(query.shape as Record<string, z.ZodType>).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema);
    return { name, in: 'query', ...(typeof description === 'string' && { description }), schema: rest };
  });
}

/** As it comes in, or goes out: what is transformed is described by what it is made of. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => shorten(jsonSchema),
  });
  return rest;
}

/** Without what says nothing to a reader: the pattern of a time beside its format, and the bounds of JavaScript's numbers. */
function shorten(schema: Json): void {
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

function operationId({ method, paths }: Endpoint): string {
  const words = paths[0]!.match(/\w+/g) ?? [];
  const name = words.filter((word) => word !== 'v1').map((word) => word[0]!.toUpperCase() + word.slice(1));
  return method.toLowerCase() + name.join('');
}
