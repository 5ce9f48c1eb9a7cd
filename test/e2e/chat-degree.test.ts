import { describe, expect, it } from 'vitest'
import type { ChatRun } from '../kit/run-chat.ts'
import { chatTimeoutMs, named, runChat } from '../kit/run-chat.ts'

/** Of the first objective that begins so; 0 where there was nothing to measure. */
const figureOf = ({ tests }: ChatRun, objective: string): number =>
  tests.flatMap(({ objectives }) => objectives).find(({ text }) => text.startsWith(objective))?.actual ?? 0

const options = { retry: 1, timeout: 3 * chatTimeoutMs }

// What these two do is a matter of degree: each beside its healthy twin, one after the other.
describe('the chat server with a planted defect', () => {
  it('slow-reader-blocks-room: in “slow readers” far less is delivered than without it', options, async () => {
    const [sound, broken] = [await runChat(['slow readers']), await runChat(['slow readers'], 'slow-reader-blocks-room')]
    const perSec = 'throughput(delivered over ws)'
    expect(figureOf(broken, perSec), broken.output).toBeLessThan(figureOf(sound, perSec) / 2)
  })

  it('blocking-hash: “log-in” names it event-loop-blocked, and does not without it', options, async () => {
    const [sound, broken] = [await runChat(['log-in']), await runChat(['log-in'], 'blocking-hash')]
    expect(broken.tests.flatMap(named), broken.output).toContain('event-loop-blocked')
    expect(sound.tests.flatMap(named), sound.output).not.toContain('event-loop-blocked')
  })
})
