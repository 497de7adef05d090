/** Which reply a path has: what `call` and `useLoad` give. */
import type { Replies } from '../replies.js';

/** The methods that some path of the API takes. */
export type Method = keyof Replies;

/** A path as it is asked for, without its query. */
type Bare<Path> = Path extends `${infer Before}?${string}` ? Before : Path;

/** `/keys/{id}` as a page writes it: with any text for the id. */
type Asked<Path> = Path extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Asked<After>}`
  : Path;

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;

type ReplyAt<Given extends Method, Path> = {
  [Known in keyof Replies[Given]]: Same<Path, Asked<Known>> extends true ? Replies[Given][Known] : never;
}[keyof Replies[Given]];

/** The JSON of a successful reply; `never` for a path the API does not have. */
export type ApiReply<Given extends Method, Path> = Path extends string ? ReplyAt<Given, Bare<Path>> : never;

/** Of a request that was not refused. */
export type AnsweredRequest = Exclude<ApiReply<'GET', `/requests/${string}`>, { readonly kind: unknown }>;

/** One of what a listing has in its `data`. */
export type Row<Path> = ApiReply<'GET', Path> extends { readonly data: readonly (infer One)[] } ? One : never;
