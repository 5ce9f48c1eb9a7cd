import { lstatSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'

/** A folder of this user's, closed to others: whoever could write in it could make us do things. */
export function isPrivateFolder(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat?.isDirectory() !== true) return false
  const { uid } = userInfo()
  return uid < 0 || (stat.uid === uid && (stat.mode & 0o022) === 0)
}

/** Makes it where it is missing. @throws Error when it is somebody else's, or open to others */
export function ensurePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (!isPrivateFolder(path)) throw new Error(`${path} belongs to somebody else or can be written by others`)
}
