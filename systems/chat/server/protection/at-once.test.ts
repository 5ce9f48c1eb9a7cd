import { expect, test } from 'vitest'
import { AtOnce } from './at-once.ts'

test('an address has so many under way and no more, another one is not refused with it', async () => {
  const atOnce = new AtOnce(3)
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const work = [1, 2, 3].map(() => atOnce.run('127.0.0.9', () => ended))
  await expect(atOnce.run('127.0.0.9', () => ended)).rejects.toMatchObject({ code: 'rate-limited', retryAfterSec: 1 })
  await expect(atOnce.run('127.0.0.8', () => Promise.resolve('done'))).resolves.toBe('done')
  end()
  await Promise.all(work)
  await expect(atOnce.run('127.0.0.9', () => Promise.resolve('done'))).resolves.toBe('done')
})

test('work that fails makes room as well', async () => {
  const atOnce = new AtOnce(1)
  for (let n = 0; n < 3; n++) {
    await expect(atOnce.run('127.0.0.9', () => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong')
  }
})
