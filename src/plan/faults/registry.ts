import { linkReaders } from './read-link.ts'
import { pressureReaders } from './read-pressure.ts'
import { databaseReaders, preloadReaders, processReaders } from './read-process.ts'
import { httpReaders, postgresReaders } from './read-protocol.ts'
import type { FaultReader } from './reader.ts'

/** Every name of `fault.…`. */
export const faultReaders: Readonly<Record<string, FaultReader>> = {
  ...linkReaders,
  ...httpReaders,
  ...postgresReaders,
  ...processReaders,
  ...databaseReaders,
  ...preloadReaders,
  ...pressureReaders,
}
