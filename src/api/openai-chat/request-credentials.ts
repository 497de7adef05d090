/**
 * Fields that say where to call and with which key, as programs send them that were written for a library in place of
 * a server (LiteLLM's `completion()` takes them). They are refused: here the configuration says where to call, a key in
 * a body would go on to a provider or into a log, and an address would have the server call whatever the caller likes.
 */
import { type Failure, invalidRequest } from '../../failures/failure.ts';

/** Compared without case, dashes and underscores: `apiKey`, `api-key` and `api_key` are one. */
const NAMES: ReadonlySet<string> = new Set([
  ...[
    'apikey',
    'apibase',
    'apiurl',
    'apiversion',
    'apitype',
    'apihost',
    'apiendpoint',
    'apitoken',
    'apisecret',
  ],
  ...['baseurl', 'endpoint', 'endpointurl', 'host', 'hostname', 'proxy', 'httpproxy', 'deploymentid'],
  ...['headers', 'extraheaders', 'defaultheaders', 'extraquery', 'defaultquery', 'extrabody'],
  ...[
    'authorization',
    'xapikey',
    'bearertoken',
    'accesstoken',
    'authtoken',
    'credentials',
    'customllmprovider',
  ],
  ...['organization', 'openaiorganization', 'azureendpoint', 'azureadtoken', 'azuredeployment'],
  ...['litellmparams', 'litellmcredentialname', 'clientsecret', 'clientid', 'tenantid', 'password'],
]);
/** `openai_api_key`, `aws_secret_access_key`, `vertex_credentials`, `azure_ad_token`, `my_base_url`. */
const KINDS = /^(?:aws|vertex|azuread|watsonx)|(?:apikey|secretaccesskey|apibase|baseurl|apiversion)$/;

/** @returns what to refuse a body with that has such a field */
export function credentialFailure(field: string): Failure | undefined {
  if (field.length > 40) return undefined;
  const name = field.toLowerCase().replace(/[-_]/g, '');
  if (!NAMES.has(name) && !KINDS.test(name)) return undefined;
  return invalidRequest(
    `\`${field}\` is not taken from a request: keys and addresses of providers are in this server's configuration. Leave it out.`,
    field,
  );
}
