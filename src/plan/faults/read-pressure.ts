import { tmpdir } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import type { Fields } from '../fields.ts'
import type { FaultReader } from './reader.ts'
import { needed, readPart } from './reader.ts'

/** On the resources of the machine. */
export const pressureReaders: Readonly<Record<string, FaultReader>> = {
  cpu: {
    keys: ['cores', 'share'],
    on: 'nothing',
    read: (fields) => ({ kind: 'cpu-pressure', cores: fields.count('cores', 1) ?? 1, share: readPart(fields, 'share', 1) }),
  },
  memory: {
    keys: ['bytes', 'over'],
    on: 'nothing',
    read(fields) {
      const bytes = needed(fields, 'bytes', fields.bytes('bytes'), "how much to take, such as '500MB'")
      const rampSec = (fields.durationMs('over', 'zero') ?? 0) / 1000
      return bytes === undefined ? undefined : { kind: 'memory-pressure', bytes, rampSec }
    },
  },
  files: {
    keys: ['count'],
    on: 'nothing',
    read(fields) {
      const files = needed(fields, 'count', fields.count('count', 1), 'how many files to hold open, such as 5000')
      return files === undefined ? undefined : { kind: 'file-pressure', files }
    },
  },
  disk: {
    keys: ['fill', 'leave', 'dir'],
    on: 'nothing',
    read(fields, { dir }) {
      const bytes = fields.bytes('fill')
      const leaveFreeBytes = fields.bytes('leave')
      if (fields.has('fill') === fields.has('leave'))
        fields.problems.addText(fields.path, "one of `fill: '200MB'` and `leave: '1GB'`", fields.has('fill') ? 'both' : 'none')
      return {
        kind: 'disk-fill',
        dir: folderOf(fields, dir),
        ...(bytes === undefined ? {} : { bytes }),
        ...(leaveFreeBytes === undefined ? {} : { leaveFreeBytes }),
      }
    },
  },
  fsync: {
    keys: ['perSec', 'dir'],
    on: 'nothing',
    read(fields, { dir }) {
      const perSec = fields.count('perSec', 1)
      return { kind: 'fsync-storm', dir: folderOf(fields, dir), ...(perSec === undefined ? {} : { perSec }) }
    },
  },
}

function folderOf(fields: Fields, dir: string): string {
  const folder = fields.string('dir', 'a folder')
  if (folder === undefined) return tmpdir()
  return isAbsolute(folder) ? folder : resolve(dir, folder)
}
