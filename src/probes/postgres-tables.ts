import type { Client } from 'pg'
import { tablesQuery } from './postgres-queries.ts'

/** An entry of the fact `tables`: how a table was read since the last one. */
export interface TableFact {
  readonly table: string
  /** Scans of the whole table, and the rows that they read. */
  readonly sequentialScans: number
  readonly sequentialRows: number
  readonly indexScans: number
  readonly rowsWritten: number
  /** Rows it has, as the server estimates. */
  readonly rows: number
  readonly bytes: number
}

interface Row {
  readonly name: string
  readonly counters: readonly [seqScan: number, seqRows: number, indexScans: number, written: number]
  readonly live: number
  readonly bytes: number
}

type Columns = Record<'id' | 'name' | 'seq_scan' | 'seq_tup_read' | 'idx_scan' | 'live' | 'written' | 'bytes', string>

const kept = 30

/** Differences of pg_stat_user_tables; the tables read most come first. */
export class TableScans {
  #before = new Map<string, Row>()

  async take(client: Client): Promise<TableFact[]> {
    const { rows } = await client.query<Columns>(tablesQuery)
    const now = new Map(rows.map((row) => [row.id, parse(row)]))
    const facts = [...now].map(([id, row]) => since(row, this.#before.get(id)))
    this.#before = now
    return facts.toSorted((a, b) => b.sequentialRows - a.sequentialRows || b.indexScans - a.indexScans).slice(0, kept)
  }
}

function parse(row: Columns): Row {
  return {
    name: row.name,
    counters: [Number(row.seq_scan), Number(row.seq_tup_read), Number(row.idx_scan), Number(row.written)],
    live: Number(row.live),
    bytes: Number(row.bytes),
  }
}

function since({ name, counters, live, bytes }: Row, before: Row | undefined): TableFact {
  const [scans, rows, index, written] = counters
  const [scansBefore, rowsBefore, indexBefore, writtenBefore] =
    before !== undefined && before.counters[0] <= scans ? before.counters : [0, 0, 0, 0]
  return {
    table: name,
    sequentialScans: scans - scansBefore,
    sequentialRows: rows - rowsBefore,
    indexScans: index - indexBefore,
    rowsWritten: written - writtenBefore,
    rows: live,
    bytes,
  }
}
