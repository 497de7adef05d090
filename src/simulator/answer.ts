/** What the simulated model says: one canonical answer for each question, the same at every provider. */
import { languageOf } from './samples.ts';

/** Enough to show a guardrail at work; anything not recognised counts as a question about code. */
const notAboutCode = /\b(capital of|weather|recipe|president|poem|horoscope|football|joke)\b/i;

/**
 * The answer to a question, always the same, with a fenced code block and an explanation.
 * It holds characters of two and three bytes, so that readers that split them wrongly are found out.
 */
export function canonicalAnswer(question: string): string {
  const language = languageOf(question);
  const isHello = /hello,?\s*world/i.test(question) || question.trim() === '';
  const code = isHello ? language.helloWorld : exampleFor(question, language.comment, language.helloWorld);
  const opening = isHello
    ? `Here is “Hello, World!” in ${language.name}:`
    : `Here is a small ${language.name} example for what you asked:`;
  return `${opening}

\`\`\`${language.fence}
${code}
\`\`\`

How it works:

1. The program starts at its entry point — in ${language.name} that is the code shown above.
2. It writes one line of text to standard output and then ends with exit code 0.
3. Nothing needs to be installed apart from ${language.name} itself, so it is a naïve but good first test of your set-up.

Save it to a file, run it, and you should see the greeting on your terminal. Ask me if you want it explained line by line.`;
}

function exampleFor(question: string, comment: string, code: string): string {
  const summary = question.replace(/\s+/g, ' ').trim().slice(0, 80);
  return code.startsWith('<?php')
    ? code.replace('\n', `\n${comment} ${summary}\n`)
    : `${comment} ${summary}\n${code}`;
}

/** True when the system prompt restricts the model to code and the question is plainly about something else. */
export function isRefusedByGuardrail(systemText: string, question: string): boolean {
  return /only respond to questions about code/i.test(systemText) && notAboutCode.test(question);
}

/** The JSON object a model gives in `response_format: json_object` mode. */
export function jsonAnswer(question: string): string {
  const language = languageOf(question);
  return JSON.stringify({
    language: language.name,
    code: language.helloWorld,
    explanation: 'Prints one line.',
  });
}
