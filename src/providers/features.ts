/** A request as far as a target can take it: what it has not is left out and named, or refused with a reason. */
import type { ChatRequest } from '../core/openai-types.ts';
import { UpstreamFailure } from '../failures/upstream-failure.ts';
import {
  type Capabilities,
  FEATURE_NAMES,
  FEATURES,
  type Feature,
  type FeatureName,
  type Features,
  type Support,
} from './feature-table.ts';
import type { Call, Target } from './provider.ts';

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

/** @throws {UpstreamFailure} unsupported, when the caller wants all parameters honoured and some were left out, here or by the door */
export function refuseWhenStrict(dropped: readonly string[], target: Target, call: Call): void {
  if (!call.strictParams) return;
  const all = [...(call.droppedByDoor ?? []), ...dropped];
  if (all.length > 0) throw unsupported(all.join(', '), all[0]!, target);
}

/** The call for who speaks the caller's own wire, and so gets what the door could not translate. */
export function asOnOwnWire(call: Call): Call {
  return { ...call, droppedByDoor: undefined };
}

/** @param param the request field to name in the error */
export function unsupported(what: string, param: string, target: Target): UpstreamFailure {
  return new UpstreamFailure({
    message: `${target.id} does not support ${what}. Leave it out, or choose another model.`,
    unsupported: param,
  });
}

/** A feature that a target has not, or not natively. */
interface UnsupportedFeature extends Feature {
  readonly name: FeatureName;
  readonly support: Support;
  /** Fields that carry nothing but this feature. */
  readonly ownFields: readonly string[];
}

/** The same for every request, so it is worked out once. */
const known = new WeakMap<
  Target,
  { readonly provided: Features; readonly lacks: readonly UnsupportedFeature[] }
>();

function lacksOf(target: Target, provided: Features): readonly UnsupportedFeature[] {
  let entry = known.get(target);
  if (entry?.provided !== provided) {
    const lacks = FEATURE_NAMES.map((name): UnsupportedFeature => {
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
