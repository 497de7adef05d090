/**
 * What providers say where they have no code for it. A sentence counts only in the provider's own message field and from
 * its first word on, and where it costs others something (a key or a model is put out of use) to its last word too, so
 * that a name the caller chose and the provider quotes cannot pass for one.
 * Sources: each provider's API reference, the servers' source code, and bodies in public bug reports (read 2026-11).
 */
import type { FailureKind } from './failure-table.ts';

/** Sentences that mean one kind of failure, and the statuses with which they do. */
export interface SentenceRule {
  readonly kind: FailureKind;
  /** Statuses with which it means this; 0 is an error inside a stream, which has none. */
  readonly statuses: readonly number[];
  readonly says: readonly Sentence[];
}

/** Those that name a model are made for the target's own model id: of another the provider may say what it likes. */
type Sentence = RegExp | ((model: string) => RegExp);

/** @param model the target's model id, where there is one */
export function fits(
  rule: SentenceRule,
  status: number,
  message: string,
  model: string | undefined,
): boolean {
  if (!rule.statuses.includes(status)) return false;
  return rule.says.some((sentence) => {
    if (sentence instanceof RegExp) return sentence.test(message);
    return model !== undefined && sentence(model).test(message);
  });
}

const REFUSALS = [0, 400, 403, 404, 413, 422] as const;
/** After the sentence: its end, or another sentence. */
const END = '(?:$|[.,;](?:\\s|$))';

/** What stands before and after the model's id, which may be in quotes. */
function named(before: string, after: string): Sentence {
  return (model) => {
    const id = model.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${before}[\`'"]?${id}[\`'"]?${after}${END}`, 'i');
  };
}

const tooLong: SentenceRule = {
  kind: 'context_length_exceeded',
  statuses: REFUSALS,
  says: [
    /^This (?:model|endpoint)'s maximum (?:context|prompt) length is \d+/, // OpenAI, vLLM, DeepSeek; xAI; OpenRouter
    /^Prompt contains \d+ tokens\b.{0,60}\btoo large for model/, // Mistral
    /^You passed \d+ input tokens and requested \d+ output tokens\. However, the model's context length is only/, // vLLM
    /^The (?:decoder )?prompt \([^)]{0,60}\) is longer than the maximum model length/, // vLLM
    /^prompt is too long/i, // Anthropic
    /^input length and `max_tokens` exceed context limit/, // Anthropic
    /^(?:Input validation error: )?`inputs` tokens \+ `max_new_tokens` must be <= \d+/, // Together, TGI
    /^The input token count \(?\d+\)? exceeds the maximum number of tokens allowed/, // Gemini
    /^(?:the )?request (?:\(\d+ tokens\) )?exceeds the available context size/i, // llama.cpp
    /^Trying to keep the first \d+ tokens when context the overflows.*context length of only/, // LM Studio
    /^too many tokens/i, // Cohere
    /^(?:E1002 )?PromptTooLong|^E1002\b/, // Replicate
    /^Your input is too long\. Max input length is/, // Replicate
    /^(?:Your|The) (?:request|prompt|messages?|input)\b.{0,60} (?:exceeds?|longer than).{0,40} context (?:window|length)/i,
    /^Please reduce the length of the (?:messages|prompt)/, // Groq
  ],
};

const filtered: SentenceRule = {
  kind: 'content_filtered',
  statuses: REFUSALS,
  says: [
    /^Output blocked by content filtering policy/, // Anthropic
    /^(?:Invalid prompt: )?your prompt was flagged/i, // OpenAI
    /^The response was filtered/, // Azure
    /^The model requires moderation and your input was flagged/, // OpenRouter, as 403
    /^Content violates usage guidelines/, // xAI, as 403
    /^NSFW content detected/, // Replicate
    /^The input or output was flagged as sensitive/, // Replicate, E005
    /^The (?:input|request|prompt) was (?:flagged|rejected|blocked)/i,
  ],
};

/** Another model or provider may well take the request. Its cost to others is nothing, so that the words may be wider. */
const refused: SentenceRule = {
  kind: 'target_refused',
  statuses: [...REFUSALS, 429, 500, 501],
  says: [
    /^Provider returned error$/, // OpenRouter
    /^No (?:endpoints found|allowed providers are available)/, // OpenRouter, as 404
    /^Request too large for /, // OpenAI as 429, Groq as 413: larger than a whole minute's limit
    /^User location is not supported/, // Gemini
    /^(?:Country|Unsupported country), region, or territory/, // OpenAI
    /^Failed to call a function/, // Groq
    /^Failed to (?:generate|validate) JSON/, // Groq
    /^"auto" tool choice requires/, // vLLM without a tool parser
    /^(?:tools param|--?jinja|tool_choice) requires? --jinja|^tools param requires/, // llama.cpp
    /^Error rendering prompt with jinja template/, // LM Studio
    /^As of transformers v4\.44, default chat template is no longer allowed/, // vLLM
    /^(?:Conversation roles must alternate|After the optional system message, conversation roles must alternate)/,
    /^(?:System role not supported|Only user(?:, assistant)?(?:, system)? and (?:assistant|tool) roles are supported)/i,
    /^(?:Failed to deserialize the JSON body into the target type: )?messages\[\d+\][^:]*: unknown variant `(?:image_url|file|input_audio)`/, // DeepSeek
    /^(?:Function calling|Tool use|Image input modality|Developer instruction) is not enabled for /i, // Gemini, Mistral
    /^This is not a chat model/, // OpenAI, as 404
    /^[\w./:@' `-]{0,120}(?:does not|doesn't) support (?:tools?\b|tool (?:use|calls?|calling|choice)|function calling|images?\b|image input|vision|multimodal|audio|video|documents?\b|files?\b|system (?:messages?|prompts?|role)|structured outputs?|json|response_format|reasoning|thinking|streaming|logprobs)/i, // Ollama and others
    /^[\w./:@' `-]{0,80}(?:tools?|tool calling|function calling|images?|image input|image_url|vision|audio|response_format|json_schema|structured outputs?|streaming|logprobs|reasoning_effort)[\w' `-]{0,20} (?:is|are) not (?:supported|enabled|allowed)(?: (?:with|by|for|on) (?:this|the) (?:model|server|provider)|$|[.,: -])/i,
    /^[\w./:@'` -]{0,120} is not a multimodal model/, // vLLM
  ],
};

/** What a 402 says when it is about this request: fewer tokens, or another model, would be paid for. */
const unaffordable: SentenceRule = {
  kind: 'target_refused',
  statuses: [402],
  says: [
    /\bmax_tokens\b/, // OpenRouter: "This request requires more credits, or fewer max_tokens."
    /\b(?:this|the|selected) (?:model|content|image|request)\b/i,
  ],
};

/** What a 403 says when it is about the content of this request. */
const unwelcome: SentenceRule = {
  kind: 'content_filtered',
  statuses: [403],
  says: [
    /\b(?:flagged|moderation|safety|violat\w+|usage (?:guidelines|polic\w+)|content (?:policy|filter))\b/i,
  ],
};

const spent: SentenceRule = {
  kind: 'upstream_quota',
  statuses: [0, 400, 403, 412, 429],
  says: [
    /^Your credit balance is too low to access the (?:Anthropic|Claude) API\.?(?: Please go to Plans & Billing to upgrade or purchase credits\.)?$/,
    /^You exceeded your current quota, please check your plan and billing details\.(?: For more information on this error, (?:read the docs|head to): https:\/\/\S+)?$/, // OpenAI
    /^Your (?:newly created )?teams?(?: \S+)? (?:doesn't have any credits|has either used all available credits)[^:]*(?:https:\S+)?$/, // xAI
    /^Account \S+ is suspended, possibly due to reaching the monthly spending limit[^:]*$/, // Fireworks, as 412
  ],
};

/** Two words that a caller may well have written: with 400 they may be a quotation. */
const balance: SentenceRule = {
  kind: 'upstream_quota',
  statuses: [0, 403, 412, 429],
  says: [/^Insufficient (?:Balance|credits?)\.?$/i], // DeepSeek, as 402
};

/** With 429 no provider quotes the request. */
const spentForNow: SentenceRule = {
  kind: 'upstream_quota',
  statuses: [429],
  says: [/^You are using a Trial key, which is limited to \d+ API calls \/ month\b/], // Cohere
};

const badKey: SentenceRule = {
  kind: 'upstream_unauthorized',
  statuses: [400],
  says: [
    /^API key not valid\.(?: Please pass a valid API key\.)?$/, // Gemini
    /^Incorrect API key provided: \S+ You can obtain an API key from https:\/\/console\.x\.ai\.?$/, // xAI
  ],
};

const gone: SentenceRule = {
  kind: 'model_gone',
  statuses: [0, 404, 410],
  says: [
    named(
      '(?:The )?(?:requested )?model:? ',
      "(?: does not exist| has been (?:deprecated|decommissioned|retired|removed)| is (?:no longer available|retired|not found|not available)| was (?:removed|not found)|,? ?not found)[\\w ']{0,80}",
    ), // OpenAI, vLLM, Groq, xAI; Cohere; Ollama
    named('model: ', ''), // Anthropic
    named('Unable to access (?:non-serverless )?model ', ''), // Together
    named('(?:models/)?', ' is not found for API version \\w+'), // Gemini
    named(
      '(?:Not found the model|Model not found:|Invalid model:?|No such model:?) ',
      '(?: or Permission denied)?',
    ), // Moonshot, xAI
  ],
};

/** The same at any status of a refusal: the whole message is the provider's, or is nothing but the model's id and its words. */
const goneEntirely: SentenceRule = {
  kind: 'model_gone',
  statuses: REFUSALS,
  says: [
    /^Model Not Exist$/, // DeepSeek, as 400
    named('', ' is not a valid model ID'), // OpenRouter, as 400
    /^Model not found, inaccessible, and\/or not deployed$/, // Fireworks
    /^The API deployment for this resource does not exist\.?/, // Azure
    /^The specified version does not exist \(or perhaps you don't have permission to use it\?\)$/, // Replicate, as 422
  ],
};

const NAMES_SOMETHING = /[`'"]|\b(?:model|deployment)s?\b:?\s+\S/i;

/** After a name: nothing, or more words. */
const FURTHER = '(?:[.,;:]?\\s[^]{0,600})?';

/** With a code that says so too: the first model in the message is the target's own. */
const namesTheModel: SentenceRule = {
  kind: 'model_gone',
  statuses: [0],
  says: [
    ...gone.says,
    ...goneEntirely.says,
    named('[\\w ,]{0,80}?models?:? ', FURTHER),
    named('[\\w ,]{0,80}?deployments?:? ', FURTHER),
  ],
};

/**
 * A code of a model that is gone may be about another model, which the caller named: a safety model, one to search with.
 * @param param the field that the provider blames
 */
export function isOfModel(message: string, param: string | undefined, model: string | undefined): boolean {
  if (param !== undefined && param !== 'model') return false;
  if (message === '' || model === undefined || !NAMES_SOMETHING.test(message)) return true;
  return fits(namesTheModel, 0, message, model);
}

/** Tried before the codes: where a provider gives the code of something worse to what concerns one request. */
export const BEFORE_CODES: readonly SentenceRule[] = [unaffordable, refused, filtered];
/** Tried after the codes. */
export const AFTER_CODES: readonly SentenceRule[] = [
  tooLong,
  unwelcome,
  spent,
  balance,
  spentForNow,
  badKey,
  gone,
  goneEntirely,
];
