/**
 * What a request may ask for beyond text, and how each provider meets it. One table drives three things: what is
 * left out and named, what is refused with a reason, and the documentation's table of providers and features.
 */
import type { ChatRequest } from '../core/openai-types.ts';
import { UpstreamFailure } from '../failures/upstream-failure.ts';
import type { Call, Target } from './provider.ts';

export type Support =
  /** The provider has it under the same or another name. */
  | 'native'
  /** We make it of what the provider has: several calls for `n`, an instruction for JSON. */
  | 'emulated'
  /** Left out and named in `x-dropped-params`: it does not change what is asked. */
  | 'dropped'
  /** A target that lacks it is passed over; when none has it the caller gets a 400. */
  | 'refused';

interface Feature {
  readonly isUsed: (request: ChatRequest) => boolean;
  /** Request fields that carry it, and are left out with it. */
  readonly fields: readonly string[];
  /** What becomes of it where a model is said not to have it. */
  readonly without: 'dropped' | 'refused';
}

const has =
  (...fields: (keyof ChatRequest)[]) =>
  (request: ChatRequest) =>
    fields.some((field) => request[field] !== undefined && request[field] !== null);
const hasPart = (type: string) => (request: ChatRequest) =>
  request.messages.some(
    ({ content }) => Array.isArray(content) && content.some((part) => part.type === type),
  );
const format = (type: string) => (request: ChatRequest) => request.response_format?.type === type;
const simple = (field: keyof ChatRequest, without: Feature['without']): Feature => ({
  isUsed: has(field),
  fields: [field],
  without,
});

/** A penalty of 0 is none. */
const penalty = (field: 'presence_penalty' | 'frequency_penalty'): Feature => ({
  isUsed: (request) => (request[field] ?? 0) !== 0,
  fields: [field],
  without: 'dropped',
});

export const FEATURES = {
  tools: {
    isUsed: ({ tools }) => (tools?.length ?? 0) > 0,
    fields: ['tools', 'tool_choice', 'parallel_tool_calls'],
    without: 'refused',
  },
  tool_choice: {
    isUsed: ({ tool_choice: choice }) => choice != null && choice !== 'auto',
    fields: ['tool_choice'],
    without: 'refused',
  },
  parallel_tool_calls: {
    isUsed: (request) => request.parallel_tool_calls === false,
    fields: ['parallel_tool_calls'],
    without: 'dropped',
  },
  images: { isUsed: hasPart('image_url'), fields: ['messages'], without: 'refused' },
  audio: { isUsed: hasPart('input_audio'), fields: ['messages'], without: 'refused' },
  files: { isUsed: hasPart('file'), fields: ['messages'], without: 'refused' },
  json_object: { isUsed: format('json_object'), fields: ['response_format'], without: 'refused' },
  json_schema: { isUsed: format('json_schema'), fields: ['response_format'], without: 'refused' },
  n: { isUsed: ({ n }) => (n ?? 1) > 1, fields: ['n'], without: 'refused' },
  logprobs: {
    isUsed: ({ logprobs }) => logprobs === true,
    fields: ['logprobs', 'top_logprobs'],
    without: 'refused',
  },
  stop: simple('stop', 'refused'),
  temperature: simple('temperature', 'dropped'),
  top_p: simple('top_p', 'dropped'),
  presence_penalty: penalty('presence_penalty'),
  frequency_penalty: penalty('frequency_penalty'),
  seed: simple('seed', 'dropped'),
  logit_bias: simple('logit_bias', 'dropped'),
  reasoning_effort: simple('reasoning_effort', 'dropped'),
  verbosity: simple('verbosity', 'dropped'),
  user: simple('user', 'dropped'),
  metadata: simple('metadata', 'dropped'),
} as const satisfies Record<string, Feature>;

export type FeatureName = keyof typeof FEATURES;
/** How a provider meets each feature. */
export type Features = Readonly<Record<FeatureName, Support>>;
/** What is known of one model: `true` it has the feature, `false` it has not. */
export type Capabilities = Readonly<Partial<Record<FeatureName | 'prefill', boolean>>>;

export const FEATURE_NAMES = Object.keys(FEATURES) as FeatureName[];

/** All native, but for these. */
export function features(differences: Partial<Features> = {}): Features {
  const all = Object.fromEntries(FEATURE_NAMES.map((name) => [name, 'native'])) as Features;
  return { ...all, ...differences };
}

/** A request as far as a provider can take it. */
export interface Fitted {
  readonly request: ChatRequest;
  /** Names of what was left out, for `x-dropped-params`. */
  readonly dropped: string[];
}

/**
 * Leaves out what this target cannot take and what the configuration says to leave out (`drop_params`). A field that
 * asks for nothing (`"presence_penalty": 0`, `"logprobs": false`) goes unnamed: nothing is lost, and a provider
 * without the feature may answer 400 to the field itself.
 * @param unknown fields beyond the features that this provider has no place for
 * @throws {UpstreamFailure} unsupported, before anything is sent: the request needs what this target has not, or
 * something would be left out and the caller said `strict_params`
 */
export function fitRequest(
  request: ChatRequest,
  provided: Features,
  target: Target,
  call: Call,
  unknown: readonly string[] = [],
): Fitted {
  const unwanted = [...target.dropParams, ...unknown];
  const idle: string[] = [];
  for (const { name, support, isUsed, fields, ownFields } of lacksOf(target, provided)) {
    if (!isUsed(request)) {
      idle.push(...ownFields);
      continue;
    }
    if (support === 'refused') throw unsupported(name, fields[0]!, target);
    if (support === 'dropped') unwanted.push(...fields);
  }
  const fitted = without(request, unwanted, idle);
  refuseWhenStrict(fitted.dropped, target, call);
  return fitted;
}

/** Features the request uses that the provider makes of something else it has. */
export function emulatedFeatures(request: ChatRequest, provided: Features, target: Target): FeatureName[] {
  return lacksOf(target, provided)
    .filter(({ support, isUsed }) => support === 'emulated' && isUsed(request))
    .map(({ name }) => name);
}

/** @throws {UpstreamFailure} unsupported, when the caller wants all parameters honoured and some were left out */
export function refuseWhenStrict(dropped: readonly string[], target: Target, call: Call): void {
  if (call.strictParams && dropped.length > 0) throw unsupported(dropped.join(', '), dropped[0]!, target);
}

/** @param param the request field to name in the error */
export function unsupported(what: string, param: string, target: Target): UpstreamFailure {
  return new UpstreamFailure({
    message: `${target.id} does not support ${what}. Leave it out, or choose another model.`,
    unsupported: param,
  });
}

/** A feature that a target has not, or not natively. */
interface Lack extends Feature {
  readonly name: FeatureName;
  readonly support: Support;
  /** Fields that carry nothing but this feature. */
  readonly ownFields: readonly string[];
}

/** The same for every request, so it is worked out once. */
const known = new WeakMap<Target, { readonly provided: Features; readonly lacks: readonly Lack[] }>();

function lacksOf(target: Target, provided: Features): readonly Lack[] {
  let entry = known.get(target);
  if (entry?.provided !== provided) {
    const lacks = FEATURE_NAMES.map((name): Lack => {
      const { fields, ...feature } = FEATURES[name];
      const ownFields = fields.filter((field) => field !== 'messages' && field !== 'response_format');
      return { ...feature, fields, name, support: supportOf(name, provided, target.capabilities), ownFields };
    }).filter(({ support }) => support !== 'native');
    entry = { provided, lacks };
    known.set(target, entry);
  }
  return entry.lacks;
}

function supportOf(name: FeatureName, provided: Features, capabilities: Capabilities): Support {
  switch (capabilities[name]) {
    case false:
      return FEATURES[name].without;
    case true:
      return provided[name] === 'emulated' ? 'emulated' : 'native';
    default:
      return provided[name];
  }
}

/** @param idle fields that ask for nothing: left out, and named only where they are `unwanted` besides */
function without(request: ChatRequest, unwanted: readonly string[], idle: readonly string[]): Fitted {
  const values = request as unknown as Record<string, unknown>;
  const isThere = (name: string) => values[name] !== undefined && values[name] !== null;
  const dropped = unwanted.filter(isThere);
  const unnamed = idle.filter(isThere);
  if (dropped.length + unnamed.length === 0) return { request, dropped };
  const rest = { ...values };
  for (const name of [...dropped, ...unnamed]) delete rest[name];
  return { request: rest as unknown as ChatRequest, dropped: [...new Set(dropped)] };
}
