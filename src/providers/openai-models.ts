/** What OpenAI's models are known by their names to be. */
import type { Target } from './provider.ts';

/** Reasoning models (o-series, gpt-5 and later) name the output cap anew and refuse sampling parameters and `stop`
 * (OpenAI's API reference and its replies of status 400, 2026-11). */
const REASONING_MODEL = /^(?:ft:)?(?:o\d|gpt-(?:[5-9]|\d\d))/;

type Model = Pick<Target, 'model' | 'capabilities'>;

/** A name may hide the model (Azure's deployments are named at will): then the configuration says what it is. */
export function isReasoningModel({ model, capabilities }: Model): boolean {
  return capabilities.reasoning_effort ?? REASONING_MODEL.test(model);
}

/** True where a small output cap would be spent on thought. */
export function thinksUnlessTold(target: Model & Pick<Target, 'provider'>): boolean {
  return (target.provider === 'openai' || target.provider === 'azure') && isReasoningModel(target);
}
