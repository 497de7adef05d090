/** What the schemas of replies are made of. */
import { z } from 'zod';

/** Any text. */
export const text = z.string();

/** Any number: money, milliseconds, shares. */
export const number = z.number();

/** ISO 8601. */
export const time = z.iso.datetime({ offset: true });

/** What may be unknown, or not there. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

/** A key or project, with the alias it has now. */
export const named = z.object({ id: text, alias: orNull(text) });

/** Where the next page of a list begins. */
export const cursor = orNull(text).describe('Give it as `cursor` to get the next page');
