import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The report page of a run folder, if it has one: a reporter that was not asked for wrote none. */
export function pagePath(folder: string): string | undefined {
  const path = join(folder, 'report.html')
  return folder !== '' && existsSync(path) ? path : undefined
}
