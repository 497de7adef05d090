import type { NativeCall, Target } from '../provider.ts';
import { isCredentialOrAddress } from './options.ts';

/** A body that goes on as its caller wrote it, and the fields that had to be left out of it. */
export interface NativeBody {
  readonly body: Record<string, unknown>;
  /** Names, to be told to the caller. */
  readonly dropped: string[];
  /** A field that was not sent, or is null, is not named. */
  readonly leaveOut: (name: string) => void;
}

/** A copy of the caller's body for this target: with its model, and without keys, addresses, and what its configuration drops. */
export function nativeBody({ body: asked }: NativeCall, target: Target): NativeBody {
  const body: Record<string, unknown> = { ...asked, model: target.model };
  const dropped: string[] = [];
  const leaveOut = (name: string) => {
    if (body[name] == null) return;
    delete body[name];
    dropped.push(name);
  };
  for (const name of Object.keys(body)) if (isCredentialOrAddress(name)) leaveOut(name);
  for (const name of target.dropParams) leaveOut(name);
  return { body, dropped, leaveOut };
}
