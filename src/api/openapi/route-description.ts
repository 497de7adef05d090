/** What is said of one route in the description of the API. */
import type { z } from 'zod';

/** One route; its path and method are the key under which it stands. */
export interface RouteDescription {
  readonly tag: Tag;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Of the status 200, or `status`. */
  readonly reply?: z.ZodType;
  readonly status?: number;
  /** The types of replies besides JSON. */
  readonly otherTypes?: readonly string[];
  /** Of every other status; OpenAI's shape where it is absent. */
  readonly error?: z.ZodType;
}

/** The chapters of the description, in their order. */
export const TAGS = {
  Answers:
    'Models, asked in the formats of several public APIs. All go through the same chains, limits, caches and ledger.',
  Models: 'What may be asked for, and how it does.',
  Requests: 'What was asked, and what it cost.',
  'Keys and projects': 'Who may ask, and how much.',
  Server: 'Health, settings and metrics.',
} as const;
type Tag = keyof typeof TAGS;

/** For `otherTypes`: the reply can also be a stream of server-sent events. */
export const EVENTS = ['text/event-stream'];
