/**
 * The form of a LiteLLM proxy's `config.yaml`, as far as it has something to say to this server
 * (https://docs.litellm.ai/docs/proxy/configs). Everything may be absent; what is not named here is kept, so that it can be
 * told as not carried over.
 */
import { z } from 'zod';

const record = z.record(z.string(), z.unknown());
/** YAML reads an unquoted `5` as a number, and names may look so. */
const name = z.union([z.string(), z.number()], 'must be a name').transform(String);
const deployment = z.looseObject({
  model_name: name,
  litellm_params: z.looseObject({ model: z.string('must be provider/model-id') }),
  model_info: record.nullish(),
});
const names = z.union([z.array(name), name.transform((one) => [one])], 'must be a list of model names');
/** A model by its name, or with parameters that take the place of the request's. */
const fallback = z.union([name, z.looseObject({ model: name })]);
const fallbacks = z
  .array(
    z.record(
      z.string(),
      z.array(fallback, 'must be a list of model names').or(name.transform((one) => [one])),
    ),
  )
  .nullish();
const credential = z.looseObject({ credential_name: name, credential_values: record.nullish() });

/** The schema of the file. */
export const litellmConfig = z.looseObject({
  model_list: z.array(deployment, 'must be a list of models').nullish(),
  credential_list: z.array(credential).nullish(),
  litellm_settings: z
    .looseObject({
      fallbacks,
      context_window_fallbacks: fallbacks,
      default_fallbacks: names.nullish(),
    })
    .nullish(),
  router_settings: z
    .looseObject({
      fallbacks,
      context_window_fallbacks: fallbacks,
      default_fallbacks: names.nullish(),
      routing_strategy: z.string().nullish(),
      model_group_alias: z
        .record(z.string(), z.union([z.string(), z.looseObject({ model: z.string() })]))
        .nullish(),
    })
    .nullish(),
  general_settings: record.nullish(),
  environment_variables: record.nullish(),
});

/** The file, read. */
export type LitellmConfig = z.output<typeof litellmConfig>;

/** An entry of its `model_list`. */
export type LitellmDeployment = z.output<typeof deployment>;

/** What a model falls back to. */
export type LitellmFallback = z.output<typeof fallback>;
