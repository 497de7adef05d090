import { asAnthropicModel } from '../chat/model-list.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { errorsByVersion, isForAnthropic } from './errors-by-version.ts';

const MAX_PAGE = 1_000;
/** Anthropic's list has so many a page unless another number is asked for. */
const USUAL_PAGE = 20;

const route = { kind: 'plain', format: errorsByVersion, access: 'caller' } as const;

/** `GET /v1/models` and `GET /v1/models/{id}`: what a caller may name, in OpenAI's shape or, with its version named, in Anthropic's. */
export const modelEndpoints: readonly Endpoint[] = [
  { ...route, method: 'GET', paths: ['/v1/models', '/models'], answer: listModels },
  // The first version's own route.
  { ...route, method: 'POST', paths: ['/get_models'], answer: listModels },
  // An id may hold slashes, written as they are or as `%2F`.
  { ...route, method: 'GET', paths: ['/v1/models/{id*}', '/models/{id*}'], answer: showModel },
];

async function listModels({ call, headers, query }: PlainCall, { models }: ApiServices): Promise<PlainReply> {
  const all = await models.list(call!.caller);
  if (!isForAnthropic(headers)) return { body: { object: 'list', data: all } };
  const options = new URLSearchParams(query);
  const after = all.findIndex(({ id }) => id === options.get('after_id')) + 1;
  const page = all.slice(after, after + pageSize(options.get('limit'))).map(asAnthropicModel);
  return {
    body: {
      data: page,
      has_more: after + page.length < all.length,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    },
  };
}

/** @throws {Failure} `invalid_request` (404) where there is none, `unauthorized` (403) where it is not the caller's */
async function showModel({ call, headers, params }: PlainCall, { models }: ApiServices): Promise<PlainReply> {
  const model = await models.find(params.id!, call!.caller);
  return { body: isForAnthropic(headers) ? asAnthropicModel(model) : model };
}

function pageSize(limit: string | null): number {
  const size = Number(limit ?? USUAL_PAGE);
  return Number.isInteger(size) && size > 0 ? Math.min(size, MAX_PAGE) : USUAL_PAGE;
}
