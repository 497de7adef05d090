/** Replies of Gemini's door: https://ai.google.dev/api/generate-content */
import { z } from 'zod';

const text = z.string();

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
export const contents = z.array(content);
export const totalTokens = z.object({ totalTokens: z.int() });
export const googleError = z.object({ error: z.looseObject({ code: z.int(), message: text, status: text }) });
