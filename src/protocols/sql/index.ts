/** PostgreSQL by the driver `pg`: a pool of connections a worker. */
export { createSqlWorker } from './sql-worker.ts'
export type { SqlWorker } from './sql-worker.ts'
export type { SqlUser } from './sql-user.ts'
