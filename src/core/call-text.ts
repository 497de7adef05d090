/** The text of a tool call, or of a piece of one: a function's arguments, or the input of a freeform tool. */
interface CallOrPiece {
  readonly function?: { readonly arguments?: string };
  readonly custom?: { readonly input?: string };
}

/** Empty where the piece has none. */
export function callText(call: object): string {
  const { function: called, custom } = call as CallOrPiece;
  return called?.arguments ?? custom?.input ?? '';
}

/** The same call with another text. */
export function withCallText<Call extends object>(call: Call, text: string): Call {
  const { function: called, custom } = call as CallOrPiece;
  return custom
    ? { ...call, custom: { ...custom, input: text } }
    : { ...call, function: { ...called, arguments: text } };
}
