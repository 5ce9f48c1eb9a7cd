import type { FaultReader } from './reader.ts'
import { needed, readBytesPerSec, readMs, readPart } from './reader.ts'

/** On a process and its children. */
export const processReaders: Readonly<Record<string, FaultReader>> = {
  pause: { keys: [], on: 'process', read: (_, { ref }) => ({ kind: 'pause', on: ref }) },
  kill: { keys: [], on: 'process', read: (_, { ref }) => ({ kind: 'kill', on: ref }) },
  terminate: { keys: [], on: 'process', read: (_, { ref }) => ({ kind: 'terminate', on: ref }) },
  crashLoop: {
    keys: ['every'],
    on: 'own-process',
    read: (fields, { ref }) => ({ kind: 'crash-loop', on: ref, everyMs: readMs(fields, 'every', 5000) }),
  },
  restart: { keys: [], on: 'own-process', isMomentary: true, read: (_, { ref }) => ({ kind: 'restart', on: ref }) },
  cpuQuota: {
    keys: ['share'],
    on: 'process',
    read: (fields, { ref }) => ({ kind: 'cpu-quota', on: ref, share: readPart(fields, 'share', 0.5) }),
  },
}

/** In a PostgreSQL that the plan has. */
export const databaseReaders: Readonly<Record<string, FaultReader>> = {
  exhaustConnections: {
    keys: ['leave'],
    on: 'database',
    read: (fields, { on }) => ({ kind: 'exhaust-connections', on, leave: fields.count('leave', 0) ?? 0 }),
  },
  killBackends: {
    keys: ['every'],
    on: 'database',
    isMomentary: true,
    read: (fields, { on }) => ({ kind: 'kill-backends', on, everyMs: readMs(fields, 'every', 0, 'zero') }),
  },
  lockTable: {
    keys: ['table'],
    on: 'database',
    read(fields, { on }) {
      const table = needed(fields, 'table', fields.string('table', 'the name of a table'), 'the name of a table')
      return table === undefined ? undefined : { kind: 'lock-table', on, table }
    },
  },
  longTransaction: { keys: [], on: 'database', read: (_, { on }) => ({ kind: 'long-transaction', on }) },
  readOnly: { keys: [], on: 'database', read: (_, { on }) => ({ kind: 'read-only', on }) },
  // Done on the way to it, where the answers are.
  exhaustPool: {
    keys: ['connections'],
    on: 'postgres',
    read(fields, { on }) {
      const connections = fields.count('connections', 1)
      return { kind: 'exhaust-pool', on, ...(connections === undefined ? {} : { connections }) }
    },
  },
}

/** Inside a Node target. */
export const preloadReaders: Readonly<Record<string, FaultReader>> = {
  blockEventLoop: {
    keys: ['block', 'every'],
    on: 'preload',
    read(fields) {
      const [blockMs, everyMs] = [readMs(fields, 'block', 500), readMs(fields, 'every', 1000)]
      if (blockMs > everyMs) fields.wrong('block', 'no longer than `every` (default 1 s)')
      return { kind: 'block-event-loop', blockMs, everyMs }
    },
  },
  gcPressure: {
    keys: ['perSec'],
    on: 'preload',
    read: (fields) => ({ kind: 'gc-pressure', bytesPerSec: readBytesPerSec(fields, 'perSec', 200e6) }),
  },
  openFiles: {
    keys: ['count'],
    on: 'preload',
    read(fields) {
      const files = needed(fields, 'count', fields.count('count', 1), 'how many files to hold open, such as 500')
      return files === undefined ? undefined : { kind: 'open-files', files }
    },
  },
  slowDns: { keys: ['delay'], on: 'preload', read: (fields) => ({ kind: 'slow-dns', delayMs: readMs(fields, 'delay', 2000) }) },
  failDns: {
    keys: ['code'],
    on: 'preload',
    read: (fields) => ({ kind: 'fail-dns', code: fields.oneOf('code', ['ENOTFOUND', 'EAI_AGAIN', 'ETIMEOUT']) ?? 'ENOTFOUND' }),
  },
}
