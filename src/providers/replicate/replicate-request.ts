/** From OpenAI's request to the body of Replicate's `POST …/predictions` (https://replicate.com/docs/reference/http). */
import type { ChatRequest } from '../../core/openai-types.ts';
import { UpstreamFailure } from '../../failures/upstream-failure.ts';
import { FEATURE_NAMES, FEATURES } from '../feature-table.ts';
import { fitRequest, refuseWhenStrict, unsupported } from '../features.ts';
import { fitOptions } from '../fit/options.ts';
import { outputCap } from '../fit/output-cap.ts';
import { unsupportedFields } from '../fit/unsupported-fields.ts';
import { withJsonInstruction } from '../json-instruction.ts';
import type { Call, Target } from '../provider.ts';
import { type Family, familyOf } from './replicate-families.ts';
import { toPrompt } from './replicate-prompt.ts';

const OWNER_AND_NAME = /^\w[\w.-]*\/\w[\w.-]*$/;
const VERSION = /^[0-9a-f]{64}$/;
/** What has a place in an input or is decided as a feature; anything else is left out and named. */
const SUPPORTED_FIELDS = new Set<string>([
  ...FEATURE_NAMES.flatMap((name) => FEATURES[name].fields),
  ...['stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'top_k'],
]);

/** A request as Replicate takes it. */
export interface PredictionRequest {
  /** Under the base URL. */
  readonly path: string;
  readonly body: {
    readonly version?: string;
    readonly input: Readonly<Record<string, unknown>>;
    readonly stream?: true;
  };
  readonly dropped: readonly string[];
}

/** @throws {UpstreamFailure} for a request that this model cannot take; nothing is sent then */
export function predictionRequest(request: ChatRequest, target: Target, call: Call): PredictionRequest {
  const { path, version } = placeOf(target);
  const family = familyOf(target.model);
  const options = fitOptions(request);
  const unknown = unsupportedFields(options.request, SUPPORTED_FIELDS);
  const { request: fitted, dropped } = fitRequest(options.request, family.features, target, call, unknown);
  dropped.push(...options.dropped);
  const input = inputOf(withJsonInstruction(fitted), family, target, dropped);
  refuseWhenStrict(dropped, target, call);
  return {
    path,
    dropped,
    body: {
      ...(version && { version }),
      input,
      ...(request.stream && { stream: true }),
    },
  };
}

/** `owner/name` runs as it is; `owner/name:version` and a version alone go to the endpoint for versions. */
function placeOf({ model, id }: Target): { path: string; version?: string } {
  const [name, version] = VERSION.test(model) ? [undefined, model] : model.split(':', 2);
  if (version !== undefined) return { path: '/predictions', version };
  if (OWNER_AND_NAME.test(name!)) return { path: `/models/${name}/predictions` };
  throw new UpstreamFailure({
    message: `${id} is no model of Replicate's: owner/name, owner/name:version or a version is wanted.`,
    status: 404,
    code: 'model_not_found',
  });
}

function inputOf(
  request: ChatRequest,
  family: Family,
  target: Target,
  dropped: string[],
): Record<string, unknown> {
  const fields = request as ChatRequest & { top_k?: number | null };
  const cap = outputCap(fields, target, dropped) ?? target.maxOutputTokens ?? family.defaultCap;
  const stops = [fields.stop ?? []].flat();
  // One text, separated by commas: such a one cannot be told.
  if (stops.some((stop) => stop.includes(','))) throw unsupported('a stop with a comma', 'stop', target);
  return {
    ...toPrompt(fields.messages, family),
    ...(cap !== undefined && { [family.cap]: cap }),
    ...(fields.temperature != null && {
      temperature: Math.max(family.lowestTemperature ?? 0, fields.temperature),
    }),
    ...(fields.top_p != null && { top_p: fields.top_p }),
    ...(fields.top_k != null && { top_k: fields.top_k }),
    ...(stops.length > 0 && { stop_sequences: stops.join(',') }),
    ...(fields.seed != null && { seed: fields.seed }),
  };
}
