/**
 * The tables of a new SQLite file as the migrations would leave them (a test holds the two together): made at once, so
 * that a first start, and every start of demo mode, need not load the query builder.
 */
import type { DatabaseSync } from 'node:sqlite';

/** Migrations these tables stand for; the last is the newest. */
export const MIGRATIONS = [
  '2026-11-23-first-tables',
  '2026-11-24-retention',
  '2026-11-25-lean-ledger',
] as const;

const TABLES = `
CREATE TABLE "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
CREATE TABLE "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
INSERT INTO "kysely_migration_lock" VALUES ('migration_lock', 0);
CREATE TABLE "projects" ("id" text primary key, "alias" text not null, "rpm" bigint, "tpm" bigint, "max_concurrency" bigint, "budget_nano" bigint, "budget_period" text, "deleted_at" bigint, "created_at" bigint not null);
CREATE TABLE "keys" ("id" text primary key, "hash" text not null unique, "last_four" text not null, "alias" text not null, "project_id" text, "user" text, "models" text, "rpm" bigint, "tpm" bigint, "max_concurrency" bigint, "budget_nano" bigint, "budget_period" text, "user_rpm" bigint, "user_tpm" bigint, "user_budget_nano" bigint, "expires_at" bigint, "revoked_at" bigint, "created_at" bigint not null);
CREATE TABLE "ledger" ("number" integer primary key, "id" text not null unique, "request_id" text, "at" bigint not null, "key_id" text, "project_id" text, "user" text, "chain" text not null, "model" text, "provider" text, "cache" text not null, "input_tokens" bigint not null, "cached_input_tokens" bigint not null, "cache_write_tokens" bigint not null, "output_tokens" bigint not null, "reasoning_tokens" bigint not null, "cost_nano" bigint, "hold_nano" bigint not null, "error" text, "prompt_hash" text not null, "prompt" text, "receipt" text not null);
CREATE INDEX ledger_request on ledger (request_id) where request_id is not null;
CREATE TABLE counted (number integer not null);
INSERT INTO counted VALUES (0);
CREATE TABLE "audit" ("id" text primary key, "at" bigint not null, "actor" text not null, "action" text not null, "subject" text not null, "details" text not null);
CREATE TABLE "rests" ("target" text primary key, "until" bigint not null, "because" text not null);
CREATE TABLE "settings" ("name" text primary key, "value" text not null);
CREATE TABLE "spending" ("subject" text not null, "day" bigint not null, "spent_nano" bigint not null, constraint "spending_key" primary key ("subject", "day"));
`;

/** Inside a transaction of the caller's. */
export function makeTables(connection: DatabaseSync): void {
  connection.exec(TABLES);
  const done = connection.prepare('INSERT INTO kysely_migration VALUES (?, ?)');
  for (const name of MIGRATIONS) done.run(name, new Date().toISOString());
}

export function isFresh(connection: DatabaseSync): boolean {
  return connection.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined;
}
