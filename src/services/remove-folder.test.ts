import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeFolder } from './journal.ts'

let disk: string
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'disk-'))
})
afterEach(() => {
  rmSync(disk, { recursive: true, force: true })
})

function folder(name: string, ...files: readonly string[]): string {
  const path = join(disk, name)
  mkdirSync(path, { mode: 0o700 })
  for (const file of files) writeFileSync(join(path, file), 'x')
  return path
}

describe('a folder that a fault filled', () => {
  it('is removed wherever it lies', () => {
    const path = folder('proofload-pressure-1', 'fill', 'fsync')
    expect(removeFolder(path)).toBe(true)
    expect(existsSync(path)).toBe(false)
    expect(removeFolder(path)).toBe(true)
  })

  it('keeps what somebody else has put there', () => {
    const path = folder('proofload-pressure-2', 'fill', 'letters.txt')
    expect(removeFolder(path)).toBe(false)
    expect(readdirSync(path)).toEqual(['letters.txt'])
  })

  it('is not followed where it leads elsewhere', () => {
    const elsewhere = folder('elsewhere', 'fill')
    const link = join(disk, 'proofload-pressure-3')
    symlinkSync(elsewhere, link)
    expect(removeFolder(link)).toBe(false)
    expect(readdirSync(elsewhere)).toEqual(['fill'])
  })

  it('is known by its name: no other folder outside the temporary ones is touched', () => {
    const path = folder('proofload-data', 'fill')
    expect(removeFolder(path)).toBe(false)
    expect(readdirSync(path)).toEqual(['fill'])
  })
})
