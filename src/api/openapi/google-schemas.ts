/** Replies of Gemini's door: https://ai.google.dev/api/generate-content */
import { z } from 'zod';
import { text } from './schema-parts.ts';

/** A whole answer, and one piece of a streamed one. */
export const content = z.looseObject({
  candidates: z.array(
    z.looseObject({
      content: z.looseObject({ role: text, parts: z.array(z.looseObject({})) }),
      finishReason: text.optional(),
      index: z.int(),
    }),
  ),
  usageMetadata: z.looseObject({ promptTokenCount: z.int(), totalTokenCount: z.int() }).optional(),
  modelVersion: text,
});

/** All pieces of a streamed answer as one list: what clients get that do not ask for events. */
export const contents = z.array(content);

/** The reply of `countTokens`. */
export const totalTokens = z.object({ totalTokens: z.int() });

/** A failure. */
export const googleError = z.object({ error: z.looseObject({ code: z.int(), message: text, status: text }) });
