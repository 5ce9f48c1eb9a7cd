import { describe, expect, it } from 'vitest'
import { healthyRecord } from '../../../test/kit/healthy-record.ts'
import { awayFromBaseline, baselineOf } from './settling.ts'

/** Readings of a target that rests for three seconds, works for ten, and then does what `after` says. */
function record(after: (sec: number) => Readonly<Record<string, number>>) {
  const rest = { 'target.cpu.core': 0.01, 'target.memory': 80e6, 'target.files': 22, 'db.connections.active': 1 }
  const work = { 'target.cpu.core': 0.97, 'target.memory': 300e6, 'target.files': 180, 'db.connections.active': 20 }
  return healthyRecord({ seconds: 20, probes: (sec) => (sec < 3 ? rest : sec < 13 ? work : { ...rest, ...after(sec) }) })
}

// Of the load on the clock of a healthy record.
const begin = 2
const away = (data: ReturnType<typeof record>) => awayFromBaseline(data, baselineOf(data, begin, begin + 3), begin + 15)

describe('a target between two trials', () => {
  it('has settled when it is back where it was before any load', () => {
    expect(away(record(() => ({})))).toEqual([])
  })

  it('has not while its queue keeps a core busy, or holds connections of the database', () => {
    expect(away(record(() => ({ 'target.cpu.core': 0.6 })))).toEqual(['cpu'])
    expect(away(record(() => ({ 'db.connections.active': 9 })))).toEqual(['database'])
    expect(away(record(() => ({ 'target.files': 120 })))).toEqual(['connections'])
  })

  it('has when its memory stays high, and not while that falls: a runtime keeps its heap', () => {
    expect(away(record(() => ({ 'target.memory': 250e6 })))).toEqual([])
    expect(away(record((sec) => ({ 'target.memory': 300e6 - 10e6 * (sec - 13) })))).toEqual(['memory'])
  })

  it('is not known before its probes have spoken twice', () => {
    const data = record(() => ({}))
    expect(awayFromBaseline(data, baselineOf(data, begin, begin + 3), begin + 19)).toBeUndefined()
  })

  it('needs no probes: what cannot be seen is not waited for', () => {
    const blind = healthyRecord({ seconds: 5 })
    expect(awayFromBaseline(blind, baselineOf(blind, 0, 3), 4)).toEqual([])
  })
})
