import { describe, expect, it } from 'vitest'
import type { GeneratorWindow, SeriesWindow, WorkerWindow } from '../model/sample.ts'
import { createCollector } from './collector.ts'

const generator = { kind: 'generator' } as unknown as GeneratorWindow // the collector only passes it on
const window = (worker: number, t: number): WorkerWindow => ({
  worker,
  test: 'a',
  t,
  series: [{ kind: 'check', name: 'ok', passed: 1, failed: 0 }],
  generator: { ...generator, worker },
  examples: [],
})
const addUp = (windows: readonly SeriesWindow[]): SeriesWindow[] => [
  { kind: 'check', name: 'ok', passed: windows.length, failed: 0 },
]

describe('createCollector', () => {
  it('gives a second when every worker has told of it, and adds the series up', () => {
    const collector = createCollector(2, addUp)
    expect(collector.add(window(0, 1))).toEqual([])
    const [second] = collector.add(window(1, 1.0000001))
    expect(second?.lines.filter((line) => line.kind === 'check')).toEqual([
      { t: 1, test: 'a', kind: 'check', name: 'ok', passed: 2, failed: 0 },
    ])
    expect(second?.lines.filter((line) => line.kind === 'generator')).toHaveLength(2)
  })

  it('gives what is there at the end, in order of time, when a worker fell silent', () => {
    const collector = createCollector(2, addUp)
    collector.add(window(0, 2))
    collector.add(window(0, 1))
    expect(collector.flush().map((second) => second.t)).toEqual([1, 2])
    expect(collector.flush()).toEqual([])
  })
})
