import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program of the PATH is; nginx often lies in a folder that only root has there. */
export function commandPath(name: string): string | undefined {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // The next one.
    }
  }
  return undefined
}

/** The first thing that looks like a version in what a program prints when asked. */
export function versionOf(command: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(commandPath(command) ?? command, args, { encoding: 'utf8', timeout: 60_000 })
  return /\d+\.\d+(\.\d+)?/.exec(`${stdout}\n${stderr}`)?.[0] ?? ''
}
