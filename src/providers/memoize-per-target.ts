/** Work that depends on a target alone is done at its first call and kept as long as the target lives. */
import type { Target } from './provider.ts';

export function memoizePerTarget<Value>(
  make: (target: Target) => Promise<Value>,
): (target: Target) => Promise<Value> {
  // Keyed weakly: a reloaded configuration makes new targets and the old ones' values go with them.
  const made = new WeakMap<Target, Promise<Value>>();
  return (target) => {
    let value = made.get(target);
    if (!value) {
      value = make(target);
      made.set(target, value);
      value.catch(() => made.delete(target));
    }
    return value;
  };
}
