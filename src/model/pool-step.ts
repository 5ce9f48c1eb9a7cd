/**
 * What the test of a connection pool is at:
 * - `baseline`: nothing is done; connections in use, requests and what the database has room for are looked at.
 * - `limit`: answers to all connections are held back until no more of them come into use, and for some time beyond.
 * - `recovery`: nothing is held, until requests are answered as before.
 * - `again`: as `limit`, shortly: are there as many connections as there were?
 * - `steps`: answers to some of the connections are held back, to more and more of them.
 * - `database`: sessions of our own take every connection that the database has left to ordinary users.
 */
export type PoolStage = 'baseline' | 'limit' | 'recovery' | 'again' | 'steps' | 'database'

/** Connections of the database, as it says itself. */
export interface DatabaseRoom {
  /** `max_connections` */
  readonly max: number
  /** Of these: for superusers and for `pg_use_reserved_connections`. */
  readonly reserved: number
  /** Everybody's, when it was asked. */
  readonly used: number
}

/** One step of the test of a connection pool, as the run did it. */
export type PoolStep = { readonly link: string; readonly stage: PoolStage } & (
  | { readonly step: 'begun' | 'ended' }
  /** From here on the answers to so many connections (absent: to all) are held back, or to none. */
  | { readonly step: 'held' | 'released'; readonly connections?: number }
  | { readonly step: 'asked'; readonly room: DatabaseRoom }
  /** Sessions of ours have all connections that were left, or have given them back. */
  | { readonly step: 'taken' | 'given-back'; readonly ok: boolean; readonly evidence: string }
  /** Something of it could not be done. */
  | { readonly step: 'failed'; readonly why: string }
  | { readonly step: 'skipped'; readonly why: string }
)

/** Less than this is no time for the test of a pool: a baseline, its limit, and what comes after, each with seconds to be looked at. */
export const leastPoolSec = 30
