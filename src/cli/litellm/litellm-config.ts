/**
 * The form of a LiteLLM proxy's `config.yaml`, as far as it has something to say to this server
 * (https://docs.litellm.ai/docs/proxy/configs). Everything may be absent; what is not named here is kept, so that it can be
 * told as not carried over.
 */
import { z } from 'zod';

const record = z.record(z.string(), z.unknown());
const deployment = z.looseObject({
  model_name: z.string(),
  litellm_params: z.looseObject({ model: z.string() }),
  model_info: record.nullish(),
});
const fallbacks = z.array(z.record(z.string(), z.array(z.string()))).nullish();

export const litellmConfig = z.looseObject({
  model_list: z.array(deployment).nullish(),
  litellm_settings: z
    .looseObject({
      fallbacks,
      context_window_fallbacks: fallbacks,
      default_fallbacks: z.array(z.string()).nullish(),
    })
    .nullish(),
  router_settings: z
    .looseObject({
      fallbacks,
      context_window_fallbacks: fallbacks,
      routing_strategy: z.string().nullish(),
      model_group_alias: z
        .record(z.string(), z.union([z.string(), z.looseObject({ model: z.string() })]))
        .nullish(),
    })
    .nullish(),
  general_settings: record.nullish(),
  environment_variables: record.nullish(),
});

export type LitellmConfig = z.output<typeof litellmConfig>;
export type LitellmDeployment = z.output<typeof deployment>;
