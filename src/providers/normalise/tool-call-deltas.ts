import { JsonBalance } from '../../core/json-balance.ts';
import type { Fields } from '../../core/json-object.ts';
import type { Delta } from '../../core/openai-types.ts';
import { isListOfObjects } from './json.ts';
import {
  argumentsText,
  asList,
  besidesCalled,
  calledIn,
  MAX_CALLS,
  newCallId,
  noCalls,
} from './tool-calls.ts';

type Piece = NonNullable<Delta['tool_calls']>[number];

interface OpenCall {
  /** As callers see it. */
  readonly index: number;
  readonly id: string;
  /** As the provider has them; `undefined` until it says. */
  theirIndex: number | undefined;
  theirId: string | undefined;
  name: string;
  /** What came before the name did. */
  held: string;
  hasArguments: boolean;
  /** Empty arguments came, which count only where no others follow. */
  hasPlaceholder: boolean;
  readonly balance: JsonBalance;
}

/**
 * Streamed tool calls of one choice, as the strictest client joins them: each call has an index of its own, its id, type and
 * name come once, in its first delta, and its arguments are text.
 *
 * What comes instead: no index (Gemini), index 0 for all (Ollama, Dynamo), the id and the name with each delta, or null for
 * them, `function: null`, arguments as an object, an empty id.
 */
export class ToolCallDeltas {
  readonly #provider: string;
  readonly #calls: OpenCall[] = [];

  constructor(provider: string) {
    this.#provider = provider;
  }

  get hasCalls(): boolean {
    return this.#calls.length > 0;
  }

  /** @returns the very list when nothing has to be put right. @throws {UpstreamFailure} for what are no calls */
  add(given: unknown): Piece[] {
    const value = asList(given);
    if (!isListOfObjects(value)) throw noCalls(this.#provider);
    const pieces: Piece[] = [];
    let isChanged = false;
    for (const piece of value) {
      const right = this.#normalise(withCalled(piece as Fields));
      isChanged ||= right !== piece;
      if (right) pieces.push(right as unknown as Piece);
    }
    return isChanged || value !== given ? pieces : (value as Piece[]);
  }

  /** The choice has ended: a tool without arguments may have sent none, and callers parse JSON. */
  end(): Piece[] {
    return this.#calls.flatMap((call) => {
      if (call.name === '') throw noCalls(this.#provider);
      if (call.hasArguments) return [];
      call.hasArguments = true;
      return [{ index: call.index, function: { arguments: '{}' } }];
    });
  }

  #normalise(piece: Fields): Fields | undefined {
    // OpenAI's own tools of free text: only OpenAI has them, in OpenAI's way.
    if (piece.type === 'custom' || piece.custom) return this.#custom(piece);
    const called = (piece.function ?? {}) as Fields;
    if (typeof called !== 'object') throw noCalls(this.#provider);
    const name = hasText(called.name) ? called.name : '';
    const said = argumentsText(called.arguments);
    const found = this.#find(piece, name, said);
    const isPlaceholder = said.trim() === '{}' && !found?.hasArguments;
    const text = isPlaceholder ? '' : said;
    if (!found && name === '' && text === '' && !hasText(piece.id)) return undefined;
    const call = found ?? this.#open(piece);
    call.hasPlaceholder ||= isPlaceholder;
    call.theirId ??= hasText(piece.id) ? piece.id : undefined;
    const told = this.#tell(call, piece, called, name, text);
    call.hasArguments ||= text !== '';
    call.balance.add(text);
    return told;
  }

  #tell(call: OpenCall, piece: Fields, called: Fields, name: string, text: string): Fields | undefined {
    if (call.name === '') {
      call.held += text;
      if (name === '') return undefined;
      call.name = name;
      return this.#first(call, piece, called);
    }
    // A name in two pieces: nothing has come of the arguments yet.
    const goesOn = name !== '' && name !== call.name && !hasBegun(call);
    const isRight = isPlain(piece, call.index) && called.arguments === text;
    if (!goesOn && text === '' && Object.keys(piece).length <= 4 && !isRight) return undefined;
    if (isRight) return piece;
    const { id: _id, type: _type, function: _function, ...others } = piece;
    return { ...others, index: call.index, function: { ...(goesOn && { name }), arguments: text } };
  }

  #first(call: OpenCall, piece: Fields, called: Fields): Fields {
    const text = call.held;
    call.held = '';
    const isRight =
      piece.index === call.index &&
      piece.id === call.id &&
      piece.type === 'function' &&
      called.arguments === text;
    if (isRight) return piece;
    const rest = { ...called, name: call.name, arguments: text };
    return { ...piece, index: call.index, id: call.id, type: 'function', function: rest };
  }

  /** The call a piece belongs to; `undefined` when it begins one. */
  #find(piece: Fields, name: string, text: string): OpenCall | undefined {
    const index = Number.isInteger(piece.index) ? (piece.index as number) : undefined;
    const id = hasText(piece.id) ? piece.id : undefined;
    const isOver = (call: OpenCall) => call.balance.isComplete || (call.hasPlaceholder && id === undefined);
    const beginsAnew = (call: OpenCall) => name !== '' && text.trim() !== '' && isOver(call);
    const calls = this.#calls;
    if (id !== undefined) {
      const same = calls.findLast(
        (call) =>
          call.theirId === id &&
          (index === undefined || call.theirIndex === undefined || call.theirIndex === index || name === ''),
      );
      if (same) return beginsAnew(same) ? undefined : same;
      // An id made anew for each piece says nothing while the arguments go on.
      const open = calls.findLast((call) => call.theirIndex === index);
      if (index !== undefined && name === '' && open?.hasArguments && !open.balance.isComplete) return open;
      // Its id may come late; another id is another call, whatever the index.
      const late = calls.findLast((call) => call.theirIndex === index && call.theirId === undefined);
      return late && index !== undefined && !beginsAnew(late) ? late : undefined;
    }
    const last = index === undefined ? calls.at(-1) : calls.findLast((call) => call.theirIndex === index);
    if (last) {
      const isOther = index === undefined && name !== '' && last.name !== '' && name !== last.name;
      return isOther || beginsAnew(last) || this.#isNamedAnew(last, name) ? undefined : last;
    }
    return name === '' ? calls.at(-1) : undefined;
  }

  /** Another name after arguments is another call, complete or not. */
  #isNamedAnew(call: OpenCall, name: string): boolean {
    return name !== '' && call.name !== '' && name !== call.name && hasBegun(call);
  }

  #open({ index, id }: Fields): OpenCall {
    if (this.#calls.length >= MAX_CALLS) throw noCalls(this.#provider);
    const isFree = hasText(id) && !this.#calls.some((call) => call.id === id);
    const call: OpenCall = {
      index: this.#calls.length,
      id: isFree ? (id as string) : newCallId(),
      theirIndex: Number.isInteger(index) ? (index as number) : undefined,
      theirId: hasText(id) ? id : undefined,
      name: '',
      held: '',
      hasArguments: false,
      hasPlaceholder: false,
      balance: new JsonBalance(),
    };
    this.#calls.push(call);
    return call;
  }

  #custom(piece: Fields): Fields {
    const known = this.#find(piece, '', '');
    if (known) return piece.index === known.index ? piece : { ...piece, index: known.index };
    const call = this.#open(piece);
    call.name = 'custom';
    call.hasArguments = true;
    return { ...piece, index: call.index, id: call.id };
  }
}

function hasBegun(call: OpenCall): boolean {
  return call.hasArguments || call.hasPlaceholder;
}

/** @returns the very piece where it has its function */
function withCalled(piece: Fields): Fields {
  const called = calledIn(piece);
  return called === piece.function ? piece : { ...besidesCalled(piece), function: called };
}

/** Mistral writes "null" where there is no id. */
function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value !== 'null';
}

/** A delta that only goes on, as OpenAI sends it. */
function isPlain(piece: Fields, index: number): boolean {
  if (piece.index !== index || 'id' in piece || 'type' in piece) return false;
  const called = piece.function as Fields | null | undefined;
  return (
    typeof called === 'object' &&
    called !== null &&
    !('name' in called) &&
    typeof called.arguments === 'string'
  );
}
