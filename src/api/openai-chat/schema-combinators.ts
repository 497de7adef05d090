/**
 * Two forms that zod has too, but which end at the first mistake: it looks at every item of a list and keeps what it
 * finds, so that a list of a million wrong items costs seconds.
 */
import { z } from 'zod';

type Context = z.core.$RefinementCtx;

/** Validates what lies inside of a value; the issue found is told at `path` in it. */
export function inner(
  schema: z.ZodType,
  value: unknown,
  context: Context,
  path: readonly PropertyKey[] = [],
): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  context.addIssue({ ...issue, path: [...path, ...issue.path] } as Parameters<Context['addIssue']>[0]);
  return z.NEVER;
}

interface ListOptions {
  readonly min?: number;
  readonly max: number;
  /** Sure to be right, and seen sooner than the schema does. */
  readonly isPlain?: (value: unknown) => boolean;
}

/** A list, validated up to its first wrong item. */
export function listOf(item: z.ZodType, { min = 0, max, isPlain }: ListOptions) {
  const anyList = z.array(z.unknown());
  const sizes = { origin: 'array', inclusive: true } as const;
  return z.unknown().transform((value, context) => {
    if (!Array.isArray(value)) return inner(anyList, value, context);
    if (value.length < min) context.addIssue({ code: 'too_small', minimum: min, ...sizes });
    else if (value.length > max) context.addIssue({ code: 'too_big', maximum: max, ...sizes });
    if (value.length < min || value.length > max) return z.NEVER;
    const items: unknown[] = [];
    for (const [index, one] of value.entries()) {
      if (isPlain?.(one)) {
        items.push(one);
        continue;
      }
      const result = item.safeParse(one);
      if (!result.success) return inner(item, one, context, [index]);
      items.push(result.data);
    }
    return items;
  });
}

/** An object whose `type` says which of the schemas holds. A type that is not listed is a provider's own. */
export function byType(schemas: Readonly<Record<string, z.ZodType>>) {
  const own = z.looseObject({ type: z.string().min(1, 'must not be empty') });
  return z.unknown().transform((value, context) => {
    const type = (value as { type?: unknown } | null | undefined)?.type;
    const schema = typeof type === 'string' && Object.hasOwn(schemas, type) ? schemas[type]! : own;
    return inner(schema, value, context);
  });
}
