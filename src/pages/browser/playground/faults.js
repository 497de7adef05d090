/** Demo mode: faults the simulator can have, as what they show. */

/**
 * @typedef {object} Fault
 * @property {string} id
 * @property {string} name
 * @property {string} header of `x-simulate`
 * @property {string} shows
 * @property {string} [model] the chain it is seen with
 * @property {boolean} [streams] it is seen in a stream alone
 */

/** @type {readonly Fault[]} */
export const faults = [
  { id: 'none', name: 'None', header: '', shows: 'The first model answers.' },
  {
    id: 'fallback',
    name: 'Fallback: rate limited',
    header: 'together=429',
    shows: 'CodeLlama answers 429; GPT-4 takes over before you see a word.',
  },
  {
    id: 'rescue',
    name: 'Rescue: breaks mid-answer',
    header: 'together=cut:12',
    shows: 'CodeLlama’s stream breaks after twelve pieces; GPT-4 goes on from that very place.',
    streams: true,
  },
  {
    id: 'hedge',
    name: 'Hedge: slow model',
    header: 'together=hang:20000',
    shows: 'CodeLlama stays silent; half a second later GPT-4 is asked beside it, and the quicker one wins.',
    model: 'hedged',
  },
  {
    id: 'two',
    name: 'Two models down',
    header: 'together=quota, openai=429',
    shows: 'No credit at Together, a rate limit at OpenAI: Claude answers.',
  },
  {
    id: 'gone',
    name: 'Retired model',
    header: 'together=gone',
    shows: 'Together no longer has the model; its successor takes its place.',
  },
  {
    id: 'down',
    name: 'Everything down',
    header: 'together=bad_key, openai=bad_key, anthropic=bad_key',
    shows: 'Nobody can answer: an honest error, and no half answer.',
  },
];
