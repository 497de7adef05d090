import { keySchema, projectSchema } from '../../accounts/keys/key-input.ts';
import { feedbackBody } from '../feedback.ts';
import { auditQuery } from '../management/audit.ts';
import { keyListQuery } from '../management/keys.ts';
import { liveQuery, requestListQuery } from '../management/requests.ts';
import { sessionBody } from '../management/session.ts';
import { usageQuery } from '../management/usage.ts';
import * as answers from './answer-schemas.ts';
import * as bodies from './body-schemas.ts';
import * as google from './google-schemas.ts';
import * as keys from './key-schemas.ts';
import * as models from './model-schemas.ts';
import * as requests from './request-schemas.ts';
import { EVENTS, type RouteDescription } from './route-description.ts';
import * as server from './server-schemas.ts';

/**
 * What each route is for, by its method and first path; a route that is not here, and has no `description` of its own, stops
 * the description from being made.
 */
export const ROUTE_DESCRIPTIONS: Readonly<Record<string, RouteDescription>> = {
  'POST /chat/completions': {
    tag: 'Answers',
    summary: 'Answers a conversation, or a prompt, in the shape of OpenAI’s chat completions',
    body: bodies.chatBody,
    reply: answers.completion,
    otherTypes: EVENTS,
  },
  'POST /v1/messages': {
    tag: 'Answers',
    summary: 'Anthropic’s Messages API over any model',
    body: bodies.messagesBody,
    reply: answers.message,
    otherTypes: EVENTS,
  },
  'POST /v1/messages/count_tokens': {
    tag: 'Answers',
    summary: 'How many tokens a conversation has; free',
    body: bodies.messagesBody,
    reply: answers.inputTokens,
  },
  'POST /v1/responses': {
    tag: 'Answers',
    summary: 'OpenAI’s Responses API over any model; stateless',
    body: bodies.responsesBody,
    reply: answers.response,
    otherTypes: EVENTS,
  },
  'POST /v1/completions': {
    tag: 'Answers',
    summary: 'Goes on with a text, or fills its gap (`suffix`)',
    body: bodies.completionBody,
    reply: answers.textCompletion,
    otherTypes: EVENTS,
  },
  'POST /v1/fim/completions': {
    tag: 'Answers',
    summary: 'Fills the gap in a text, in Mistral’s shape',
    body: bodies.fimBody,
    reply: answers.completion,
    otherTypes: EVENTS,
  },
  'POST /v1/embeddings': {
    tag: 'Answers',
    summary: 'Vectors of texts',
    body: bodies.embeddingsBody,
    reply: answers.embeddings,
  },
  'POST /v1beta/models/{model*}:generateContent': {
    tag: 'Answers',
    summary: 'Gemini’s API over any model, for Gemini CLI and Google’s SDK',
    body: bodies.contentBody,
    reply: google.content,
  },
  'POST /v1beta/models/{model*}:streamGenerateContent': {
    tag: 'Answers',
    summary: 'The same as a stream: of events with `alt=sse`, otherwise of one list',
    body: bodies.contentBody,
    reply: google.contents,
    otherTypes: EVENTS,
  },
  'POST /v1beta/models/{model*}:countTokens': {
    tag: 'Answers',
    summary: 'How many tokens contents have; free',
    body: bodies.contentBody,
    reply: google.totalTokens,
  },
  'POST /v1/explain': {
    tag: 'Answers',
    summary: 'What would become of a request; nothing is sent, counted or held',
    body: bodies.chatBody,
    reply: answers.explanation,
  },
  'GET /v1/models': { tag: 'Models', summary: 'What this key may ask for', reply: models.modelList },
  'POST /get_models': {
    tag: 'Models',
    summary: 'The same, as the first version had it',
    reply: models.modelList,
  },
  'GET /v1/models/{id*}': { tag: 'Models', summary: 'One model', reply: models.model },
  'GET /models/health': {
    tag: 'Models',
    summary: 'Each target: its state, why and until when, its failures, latency, price and successor',
    reply: models.targetHealth,
  },
  'DELETE /models/health/{target*}': {
    tag: 'Models',
    summary: 'Ends the cooldown of a target',
    reply: models.lifted,
  },
  'GET /chains': { tag: 'Models', summary: 'What each name is answered by', reply: models.chains },
  'GET /cache/semantic': { tag: 'Models', summary: 'How the semantic cache does', reply: server.object },
  'GET /requests': {
    tag: 'Requests',
    summary: 'Requests, the newest first, refused ones too',
    query: requestListQuery,
    reply: requests.requestPage,
  },
  'GET /requests/live': {
    tag: 'Requests',
    summary: 'New requests as they come, as events `request` and `dropped`',
    query: liveQuery,
    otherTypes: EVENTS,
  },
  'GET /requests/{id}': {
    tag: 'Requests',
    summary: 'The receipt of a request',
    reply: requests.receiptOrRow,
  },
  'POST /requests/{id}/feedback': {
    tag: 'Requests',
    summary: 'How good an answer was, or that the semantic cache had the wrong one',
    body: feedbackBody,
    reply: server.object,
  },
  'GET /usage': {
    tag: 'Requests',
    summary: 'Requests, tokens, cost and latency, in groups and periods',
    query: usageQuery,
    reply: requests.usage,
    otherTypes: ['text/csv'],
  },
  'POST /keys': {
    tag: 'Keys and projects',
    summary: 'Makes a key, which is shown this once',
    body: keySchema,
    reply: keys.newKey,
    status: 201,
  },
  'GET /keys': {
    tag: 'Keys and projects',
    summary: 'Keys and what they spend, the newest first',
    query: keyListQuery,
    reply: keys.keyPage,
  },
  'GET /keys/{id}': { tag: 'Keys and projects', summary: 'A key and what it spends', reply: keys.key },
  'PATCH /keys/{id}': {
    tag: 'Keys and projects',
    summary: 'Changes a key; `null` removes a limit',
    body: keySchema.partial(),
    reply: keys.changedKey,
  },
  'DELETE /keys/{id}': {
    tag: 'Keys and projects',
    summary: 'Revokes a key, for good',
    reply: keys.changedKey,
  },
  'POST /keys/{id}/rotate': {
    tag: 'Keys and projects',
    summary: 'A new secret for a key; the old one is dead at once',
    reply: keys.newKey,
  },
  'POST /keys/{id}/block': {
    tag: 'Keys and projects',
    summary: 'Stops a key until it is unblocked',
    reply: keys.changedKey,
  },
  'POST /keys/{id}/unblock': {
    tag: 'Keys and projects',
    summary: 'Lets a blocked key work again',
    reply: keys.changedKey,
  },
  'POST /projects': {
    tag: 'Keys and projects',
    summary: 'Makes a project, whose limits hold over all its keys',
    body: projectSchema,
    reply: keys.changedProject,
    status: 201,
  },
  'GET /projects': {
    tag: 'Keys and projects',
    summary: 'Projects and what they spend',
    reply: keys.projectList,
  },
  'GET /projects/{id}': {
    tag: 'Keys and projects',
    summary: 'A project, by id or alias, and what it spends',
    reply: keys.project,
  },
  'PATCH /projects/{id}': {
    tag: 'Keys and projects',
    summary: 'Changes a project',
    body: projectSchema.partial(),
    reply: keys.changedProject,
  },
  'DELETE /projects/{id}': {
    tag: 'Keys and projects',
    summary: 'Deletes a project and revokes its keys',
    reply: keys.changedProject,
  },
  'GET /audit': {
    tag: 'Keys and projects',
    summary: 'Who changed what, the newest first',
    query: auditQuery,
    reply: keys.auditPage,
  },
  'GET /session': { tag: 'Keys and projects', summary: 'Who is signed in', reply: server.session },
  'POST /session': {
    tag: 'Keys and projects',
    summary: 'Signs a browser in: a cookie for a key',
    body: sessionBody,
    reply: server.session,
  },
  'DELETE /session': { tag: 'Keys and projects', summary: 'Signs a browser out', reply: server.session },
  'GET /settings': {
    tag: 'Server',
    summary: 'Every setting, and where it comes from; no secrets',
    reply: server.settings,
  },
  'GET /health/live': { tag: 'Server', summary: 'The process is up', reply: server.alive },
  'GET /health/ready': { tag: 'Server', summary: 'It should get calls', reply: server.ready },
  'GET /metrics': { tag: 'Server', summary: 'Metrics for Prometheus', otherTypes: ['text/plain'] },
  'GET /openapi.json': { tag: 'Server', summary: 'This description', reply: server.object },
};

/** Routes for programs that expect them, which say nothing to anybody else. */
export const UNDESCRIBED: ReadonlySet<string> = new Set(['HEAD /api/hello', 'GET /v1/responses']);
