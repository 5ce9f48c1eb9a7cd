/** One row: who is connected to the server and what they do, without us. Names are those of the probe's values. */
export const activityQuery = `
  SELECT count(*) FILTER (WHERE state = 'active') AS "connections.active",
         count(*) FILTER (WHERE state = 'idle') AS "connections.idle",
         count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS "connections.idle_in_transaction",
         count(*) AS "connections.total",
         count(*) FILTER (WHERE wait_event_type = 'Lock') AS "locks.waiting",
         coalesce(max(extract(epoch FROM clock_timestamp() - query_start)) FILTER (WHERE state = 'active'), 0)::float8 AS "longest"
    FROM pg_stat_activity
   WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`

/** One row: what this database has done since its statistics began. */
export const countersQuery = `
  SELECT xact_commit AS commits, xact_rollback AS rollbacks, blks_hit AS hit, blks_read AS read, deadlocks,
         tup_returned AS returned, tup_inserted + tup_updated + tup_deleted AS written, temp_bytes AS temp
    FROM pg_stat_database
   WHERE datname = current_database()`

/** What a reader of a report asks about first. */
export const settingsQuery = `
  SELECT name, current_setting(name) AS setting
    FROM pg_settings
   WHERE name IN ('server_version', 'max_connections', 'superuser_reserved_connections', 'reserved_connections', 'shared_buffers', 'effective_cache_size',
                  'work_mem', 'fsync', 'synchronous_commit', 'max_wal_size', 'random_page_cost', 'jit', 'track_io_timing', 'shared_preload_libraries')`

export const extensionQuery = `
  SELECT quote_ident(nspname) AS schema
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
   WHERE extname = 'pg_stat_statements'`

/** Statements of this database since the extension's counters began (columns of pg_stat_statements 1.8 and later). */
export function statementsQuery(schema: string): string {
  return `
  SELECT userid::text || '/' || queryid::text AS id, query, calls, total_exec_time AS total, rows, shared_blks_hit AS hit, shared_blks_read AS read
    FROM ${schema}.pg_stat_statements
   WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL
     AND query NOT LIKE '%pg_stat_%' AND query NOT LIKE '%pg_settings%'`
}

export const activeStatementsQuery = `
  SELECT left(query, 2000) AS query, extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds
    FROM pg_stat_activity
   WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()`

export const tablesQuery = `
  SELECT relid::text AS id, schemaname || '.' || pg_stat_user_tables.relname AS name, seq_scan, seq_tup_read, coalesce(idx_scan, 0) AS idx_scan, CASE WHEN reltuples > 0 THEN reltuples ELSE n_live_tup END AS live,
         n_tup_ins + n_tup_upd + n_tup_del AS written, pg_total_relation_size(relid) AS bytes
    FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid`
