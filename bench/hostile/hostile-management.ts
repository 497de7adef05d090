/** What is asked beside answers, by those who want to hurt: reports over everything, huge and odd parameters and bodies, pages. */

export interface ManagementAttack {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Made when it is sent. */
  readonly body?: () => string;
  /** Whose key goes along: a caller's where it says nothing. */
  readonly as?: 'admin' | 'caller' | 'nobody';
}

/** Characters of a target that Node's parser takes, with headers beside it. */
const LONGEST_QUERY = 12_000;
const GROUPS = 'key,project,user,provider,model,agent,session,door';

const get = (path: string, as?: ManagementAttack['as']): ManagementAttack => ({
  method: 'GET',
  path,
  ...(as && { as }),
});
const send = (
  method: ManagementAttack['method'],
  path: string,
  body: () => unknown,
  as: ManagementAttack['as'] = 'admin',
): ManagementAttack => ({ method, path, body: () => asJson(body()), as });

function asJson(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

const many = <Item>(count: number, make: (at: number) => Item) =>
  Array.from({ length: count }, (_, at) => make(at));
const long = (of: string) => of.repeat(Math.floor(LONGEST_QUERY / of.length));
let made = 0;

const REPORTS: Readonly<Record<string, ManagementAttack>> = {
  'usage by all there is': get(`/usage?group_by=${GROUPS}&bucket=hour`),
  'usage by the hour': get('/usage?group_by=session,user,model&bucket=hour'),
  'usage of everybody by the hour': get('/usage?group_by=session,user,model&bucket=hour', 'admin'),
  'usage of everybody by session as CSV': get('/usage?group_by=session,user&format=csv', 'admin'),
  'usage of a far time zone': get('/usage?from=1970-01-01&bucket=hour&tz=Asia/Kathmandu', 'admin'),
  'usage of all times': get('/usage?from=0001-01-01&to=9999-12-31&bucket=hour', 'admin'),
  'usage of no time': get('/usage?from=2026-12-31&to=2026-01-01'),
  'usage of times that are none': get(`/usage?from=${'9'.repeat(40)}&tz=${'x'.repeat(64)}`),
  'usage by one name many times': get(`/usage?group_by=${long('key,')}`),
  'usage of fifty keys': get(`/usage?key=${many(50, (at) => `k${at}`).join(',')}`, 'admin'),
  'usage of many sessions': get(`/usage?session=${long('s,')}&agent=${'a'.repeat(2_000)}`),
  'requests with marks of patterns': get(`/requests?q=${'%25_'.repeat(100)}`),
  'requests of everybody that have a word': get('/requests?q=word&limit=100', 'admin'),
  'requests of everybody that nobody made': get('/requests?q=nobody-has-said-this&status=499', 'admin'),
  'requests from a cursor that is none': get(`/requests?cursor=${long('%F0%9F')}`),
  'requests of many kinds': get(`/requests?status=${'ok,'.repeat(49)}ok&model=${'m,'.repeat(49)}m`),
  'requests as they come': get('/requests/live'),
  'requests of everybody as they come': get('/requests/live', 'admin'),
  'audit from a cursor that is none': get(`/audit?cursor=${long('z')}`, 'admin'),
  'keys page by page': get('/keys?limit=500', 'admin'),
  'keys from a cursor that is none': get(`/keys?cursor=${long('z')}&limit=1e308`, 'admin'),
};

const BODIES: Readonly<Record<string, ManagementAttack>> = {
  'key with 100,000 models': send('POST', '/keys', () => ({
    alias: 'x',
    models: many(100_000, (at) => `m${at}`),
  })),
  'key with 1,000 models that are none': send('POST', '/keys', () => ({
    models: many(1_000, (at) => `gpt-${at}`),
  })),
  'key with an alias of 1 MB': send('POST', '/keys', () => ({ alias: 'a'.repeat(1_000_000) })),
  'key with 100,000 fields': send('POST', '/keys', () =>
    Object.fromEntries(many(100_000, (at) => [`f${at}`, at])),
  ),
  'key with numbers beyond all': send('POST', '/keys', () => '{"alias":"x","budget_usd":1e308,"rpm":-1e999}'),
  'key of a deep list': send('POST', '/keys', () => '['.repeat(200_000)),
  'key of 28 MB': send('POST', '/keys', () => ({ alias: 'x', user: 'u'.repeat(28 * 1024 * 1024) })),
  'key that is right': send('POST', '/keys', () => ({ alias: `made-${made++}`, budget_usd: 0.01 })),
  'key made by a caller': send('POST', '/keys', () => ({ alias: 'x' }), 'caller'),
  'change of a key that is none': send('PATCH', `/keys/${'k'.repeat(2_000)}`, () => ({ alias: 'x' })),
  'change of 1 MB': send('PATCH', '/keys/key_none', () => ({ alias: 'x'.repeat(1_000_000) })),
  'project of odd letters': send('POST', '/projects', () => ({ alias: '\u0000\ud800👍🏽'.repeat(1_000) })),
  'feedback of 1 MB': send(
    'POST',
    '/requests/req_none/feedback',
    () => ({ name: 'n'.repeat(1_000_000) }),
    'caller',
  ),
  'feedback of odd numbers': send('POST', '/requests/req_none/feedback', () => '{"score":1e999}', 'caller'),
  'feedback of an odd request': send(
    'POST',
    `/requests/${'%F0%9F%91%8D'.repeat(200)}/feedback`,
    () => ({ score: 1 }),
    'caller',
  ),
  'sign-in with a key of 1 MB': send('POST', '/session', () => ({ key: 'k'.repeat(1_000_000) }), 'nobody'),
  'end of a cooldown that is none': { method: 'DELETE', path: `/models/health/${long('x')}`, as: 'admin' },
};

const PAGES: Readonly<Record<string, ManagementAttack>> = {
  metrics: get('/metrics', 'admin'),
  'metrics for nobody': get('/metrics', 'nobody'),
  description: get('/openapi.json'),
  playground: get('/', 'nobody'),
  'a page that is none': get(`/ui/${'../'.repeat(2_000)}etc/passwd`, 'nobody'),
  'a page by an odd path': get('/ui/%2e%2e/%00/%ff', 'nobody'),
  'health of everything': get('/health/ready?verbose', 'admin'),
  'health of models': get('/models/health', 'admin'),
  models: get('/v1/models'),
  'a model of a long name': get(`/v1/models/${long('m')}`),
  chains: get('/chains', 'admin'),
  settings: get('/settings', 'admin'),
  'semantic cache': get('/cache/semantic', 'admin'),
};

export const MANAGEMENT: Readonly<Record<string, ManagementAttack>> = { ...REPORTS, ...BODIES, ...PAGES };
