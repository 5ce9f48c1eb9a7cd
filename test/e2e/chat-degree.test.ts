import { describe, expect, it } from 'vitest'
import type { ChatRun } from '../kit/run-chat.ts'
import { named } from '../kit/reference-plan.ts'
import { chatTimeoutMs, runChat } from '../kit/run-chat.ts'

/** Of the first objective that begins so; 0 where there was nothing to measure. */
const figureOf = ({ tests }: ChatRun, objective: string): number =>
  tests.flatMap(({ objectives }) => objectives).find(({ text }) => text.startsWith(objective))?.actual ?? 0

const options = { retry: 1, timeout: 3 * chatTimeoutMs }

// What these do is a matter of degree or of moments: one after the other, and with one other file at most.
describe('the chat server with a planted defect', () => {
  it('slow-reader-blocks-room: in “slow readers” far less is delivered than without it', options, async () => {
    const [sound, broken] = [await runChat(['slow readers']), await runChat(['slow readers'], 'slow-reader-blocks-room')]
    const perSec = 'throughput(delivered over ws)'
    expect(figureOf(broken, perSec), broken.output).toBeLessThan(figureOf(sound, perSec) / 2)
  })

  it('racy-rate-limit: “rate limiter” names it rate-limit-racy', options, async () => {
    const { tests, output } = await runChat(['rate limiter'], 'racy-rate-limit')
    expect(tests.flatMap(named), output).toContain('rate-limit-racy')
  })

  it('blocking-hash: “log-in” names it event-loop-blocked, and does not without it', options, async () => {
    const [sound, broken] = [await runChat(['log-in']), await runChat(['log-in'], 'blocking-hash')]
    expect(broken.tests.flatMap(named), broken.output).toContain('event-loop-blocked')
    expect(sound.tests.flatMap(named), sound.output).not.toContain('event-loop-blocked')
  })
})
