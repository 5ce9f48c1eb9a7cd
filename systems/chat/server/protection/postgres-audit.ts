import type { Queries, Statement } from '../database.ts'
import type { AuditLine, AuditStore } from './audit-log.ts'

const append: Statement = {
  name: 'append_audit',
  text: `INSERT INTO audit (writer, no, at, kind, user_name, address, detail)
    SELECT writer, no, to_timestamp(at_ms / 1000.0), kind, user_name, address, detail
    FROM unnest($1::uuid[], $2::integer[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[])
      AS lines (writer, no, at_ms, kind, user_name, address, detail)
    ON CONFLICT DO NOTHING`,
}

/** PostgreSQL has no NUL in a text, half a surrogate pair is no character, and the log is no place for novels. */
const plain = (text: string | undefined): string | null => text?.slice(0, 500).replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD') ?? null

/** One statement a batch. A batch whose answer was lost may be sent again: what is there stays there once. */
export function postgresAudit(queries: Queries): AuditStore {
  return {
    append: async (lines) => {
      const column = <Value>(of: (line: AuditLine) => Value): Value[] => lines.map(of)
      await queries.rows(append, [
        column(({ writer }) => writer),
        column(({ no }) => no),
        column(({ atMs }) => atMs),
        column(({ kind }) => kind),
        column(({ user }) => plain(user)),
        column(({ address }) => plain(address)),
        column(({ detail }) => plain(detail)),
      ])
    },
  }
}
