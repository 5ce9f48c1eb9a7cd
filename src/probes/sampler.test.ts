import { describe, expect, it } from 'vitest'
import type { Probe } from './probe.ts'
import { limitProbe } from './sampler.ts'

function probe(sample: () => Promise<Record<string, number>>): Probe {
  return { name: 'x', units: {}, sample, stop: () => Promise.resolve() }
}

async function cost(limited: Probe): Promise<Record<string, number>> {
  const facts = (await limited.facts?.()) ?? []
  return facts.find(({ fact }) => fact === 'cost')?.value as Record<string, number> // the shape is what is tested
}

describe('a limited probe', () => {
  it('is given up on after its time, and not asked again while the old question is open', async () => {
    let asked = 0
    let answer: (values: Record<string, number>) => void = () => undefined
    const limited = limitProbe(
      probe(() => {
        asked += 1
        return new Promise((resolve) => (answer = resolve))
      }),
      20,
    )
    expect(await limited.sample()).toEqual({})
    expect(await limited.sample()).toEqual({})
    expect(asked).toBe(1)
    answer({ late: 1 })
    await new Promise(setImmediate)

    const next = limited.sample()
    answer({ value: 2 })
    expect(await next).toEqual({ value: 2 })
    expect(await cost(limited)).toMatchObject({ samples: 2, timeouts: 1, skipped: 1 })
  })

  it('tells what a sample costs', async () => {
    const limited = limitProbe(
      probe(() => {
        const endMs = performance.now() + 20
        while (performance.now() < endMs);
        return Promise.resolve({})
      }),
    )
    await limited.sample()
    // The lower bound is exact; above it a busy machine may add anything.
    expect((await cost(limited))['busyMs']).toBeGreaterThanOrEqual(20)
  })

  it('passes the error of a sample on and goes on afterwards', async () => {
    let fails = true
    const limited = limitProbe(probe(() => (fails ? Promise.reject(new Error('down')) : Promise.resolve({ up: 1 }))))
    await expect(limited.sample()).rejects.toThrow('down')
    await new Promise(setImmediate)
    fails = false
    expect(await limited.sample()).toEqual({ up: 1 })
  })
})
