/**
 * Sums of usage that the ledger keeps, so that a report over a million requests reads some hundred lines. Each line is of one
 * value of one dimension (a view) within everything, a key or a project (the scope), in one day or hour of UTC.
 */
import { DAY, HOUR } from '../../../core/durations.ts';
import { COUNT_NAMES } from './usage-groups.ts';
import type { Dimension } from './usage-query.ts';

/** Dimensions with sums of their own; all others are counted from the rows. */
export const SUMMED = ['key', 'project', 'model', 'user', 'agent', 'session'] as const satisfies Dimension[];
/** A dimension that has sums of its own. */
export type Summed = (typeof SUMMED)[number];

/** The view that is not divided: everything within a scope. */
export const ALL = 'all';
/** By what the requests of a line are divided. */
export type View = Summed | typeof ALL;

/** Milliseconds that a line of the table covers, by what the table calls them. */
export const SPANS = { hour: HOUR, day: DAY } as const;
/** As the table says it. */
export type Span = keyof typeof SPANS;

/** What usage is summed within besides everything: how the table names such a scope, and the views that there are within it. */
export const SCOPES = {
  key: { nameOf: (id: string) => `key:${id}`, views: new Set<Summed>(['model', 'user', 'agent', 'session']) },
  project: {
    nameOf: (id: string) => `project:${id}`,
    views: new Set<Summed>(['key', 'model', 'user', 'agent']),
  },
} as const;
/** Sessions are many and over soon: sums of days would be as many lines as those of hours. */
export const BY_HOUR_ALONE: ReadonlySet<View> = new Set(['session']);

/** Values as the table has them: empty for rows without one, so that it can be part of a primary key. */
export const storedValue = (value: string | null) => (value === null ? '' : `=${value}`);
/** The reverse of {@link storedValue}. */
export const shownValue = (stored: string) => (stored === '' ? null : stored.slice(1));

const SUMS_TABLE = `CREATE TABLE IF NOT EXISTS usage_sums (
    view text NOT NULL, scope text NOT NULL, span text NOT NULL, start bigint NOT NULL, value text NOT NULL,
    ${COUNT_NAMES.map((name) => `${name} bigint NOT NULL`).join(', ')},
    durations text NOT NULL, first_tokens text NOT NULL,
    PRIMARY KEY (view, scope, span, start, value))`;

/** Statements that make the tables where they are missing; safe to run again. */
export const SQLITE_USAGE_SUMS = [
  `${SUMS_TABLE} WITHOUT ROWID`,
  // The last row that is in the sums.
  'CREATE TABLE IF NOT EXISTS usage_watermark (row_id integer NOT NULL)',
  'INSERT INTO usage_watermark SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM usage_watermark)',
] as const;

/**
 * PostgreSQL's rows come from many servers and are not committed in the order of their numbers, so that no mark can say which
 * of them are summed up. Instead each statement that inserts rows notes their numbers, and whoever sums them up takes the note
 * away: both in one transaction. The database itself does the noting, so that servers of before there were sums do it, too.
 * Writers only append; the lines that all of them would change are changed by one process at a time.
 */
export const POSTGRES_USAGE_SUMS = [
  SUMS_TABLE,
  'CREATE TABLE IF NOT EXISTS usage_unsummed (id bigserial PRIMARY KEY, row_ids bigint[] NOT NULL)',
  `CREATE OR REPLACE FUNCTION note_unsummed_rows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO usage_unsummed (row_ids)
      SELECT array_agg(row_id) FROM arrived WHERE refused_status IS NULL HAVING count(*) > 0;
      RETURN NULL;
    END $$`,
  // Looked for first: to drop one and make it anew would wait for every report that is being made.
  `DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'ledger_unsummed' AND tgrelid = 'ledger'::regclass) THEN
      CREATE TRIGGER ledger_unsummed AFTER INSERT ON ledger REFERENCING NEW TABLE AS arrived
      FOR EACH STATEMENT EXECUTE FUNCTION note_unsummed_rows();
    END IF;
  END $$`,
  // Rows of before there was a trigger, which has waited for all their writers: those after this number, up to the last.
  'CREATE TABLE IF NOT EXISTS usage_watermark (row_id bigint NOT NULL, last_row_id bigint NOT NULL)',
  `INSERT INTO usage_watermark SELECT 0, coalesce((SELECT max(row_id) FROM ledger), 0)
    WHERE NOT EXISTS (SELECT 1 FROM usage_watermark)`,
  // Where the tables are not the server's own, whoever may write rows must be able to note and to sum them up: else the trigger
  // would refuse every row.
  `DO $$ DECLARE writer text; BEGIN
    FOR writer IN
      SELECT DISTINCT CASE grantee WHEN 'PUBLIC' THEN grantee ELSE quote_ident(grantee) END
      FROM information_schema.role_table_grants
      WHERE table_schema = current_schema() AND table_name = 'ledger' AND privilege_type = 'INSERT'
        AND grantee <> current_user
    LOOP
      EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON usage_sums, usage_unsummed, usage_watermark TO ' || writer;
      EXECUTE 'GRANT USAGE ON SEQUENCE usage_unsummed_id_seq, ledger_row_id_seq TO ' || writer;
    END LOOP;
  END $$`,
] as const;

/** Of PostgreSQL's rows those of before there was a trigger that are not in the sums yet. */
export const OLDER_UNSUMMED =
  'row_id > (SELECT row_id FROM usage_watermark) AND row_id <= (SELECT last_row_id FROM usage_watermark)';

/** Any number of ours: whoever changes PostgreSQL's sums holds this lock until the transaction ends. */
export const SUMS_LOCK = 5_214_302;
