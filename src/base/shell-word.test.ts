import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { shellWord } from './shell-word.ts'

describe('shellWord', () => {
  it('leaves plain words as they are', () => {
    expect(shellWord('tests.peak.for=30s')).toBe('tests.peak.for=30s')
  })

  it('gives words that a shell reads back unchanged', () => {
    const words = ['50 users', "it's", '', '$HOME', 'a;b', '`date`', '\\', '"', 'a\nb', '*']
    const printed = execFileSync('sh', ['-c', `for word in ${words.map(shellWord).join(' ')}; do printf '%s\\0' "$word"; done`])
    expect(printed.toString().split('\0').slice(0, -1)).toEqual(words)
  })
})
