import { createLimiterTest, LimiterView, outcomeOf, variedRequests } from '../analysis/index.ts'
import type { LimiterMove } from '../analysis/index.ts'
import { ToolError } from '../base/errors.ts'
import { pause } from '../base/pause.ts'
import type { LimiterSpec } from '../model/limiter-spec.ts'
import type { LimiterAnswer, LimiterStage } from '../model/limiter-step.ts'
import type { Drive, DrivenTest } from './drive.ts'
import { LimiterClient } from './limiter-client.ts'

/** Of loopback; more than any test asks for. */
const mostAddresses = 20_000

/** Tests a rate limiter of the target. */
export function driveLimiterTest(drive: Drive): DrivenTest {
  const { test, record, plan, link: name, fromSec, toSec, session } = drive
  const spec = plan.limiters?.find((one) => one.name === name)
  const url = plan.target?.url
  if (spec === undefined || url === undefined) throw new ToolError('INTERNAL', `There is no limiter ${name}.`)
  const hasAddresses = /^(127\.|localhost$|.*\.localhost$)/.test(new URL(url).hostname)
  let running: Running | undefined

  const begin = async (): Promise<Running> => {
    const values = await valuesOf(spec, drive)
    const sender = new LimiterSender(spec, { drive, url, values, hasAddresses })
    const view = new LimiterView(record, name)
    const keys = spec.key.kind === 'address' ? mostAddresses : values.length
    return { sender, machine: createLimiterTest({ spec, keys, hasAddresses, fromSec, toSec, view }) }
  }

  return {
    async next(nowSec) {
      running ??= await begin()
      const { sender, machine } = running
      const write = (): void => {
        for (const { stage, answers } of sender.take())
          session.emit({ kind: 'limiter-step', test: test.name, limiter: name, stage, step: 'answers', answers })
      }
      write()
      const moves = machine.next(nowSec)
      for (const move of moves ?? []) {
        if (move.kind === 'note' || move.kind === 'skip') {
          const { stage } = move
          const step = move.kind === 'note' ? { step: move.step } : { step: 'skipped' as const, why: move.why }
          session.emit({ kind: 'limiter-step', test: test.name, limiter: name, stage, ...step })
        } else await sender.make(move)
        write()
      }
      return moves !== undefined
    },
    clear() {
      running?.sender.close()
      return Promise.resolve()
    },
  }
}

interface Running {
  readonly sender: LimiterSender
  readonly machine: ReturnType<typeof createLimiterTest>
}

async function valuesOf({ key }: LimiterSpec, { link, limiterValues }: Drive): Promise<readonly string[]> {
  if (key.kind === 'address') return []
  return key.values ?? limiterValues(link)
}

interface SenderOptions {
  readonly drive: Drive
  readonly url: string
  readonly values: readonly string[]
  readonly hasAddresses: boolean
}

/** Sends what the test asks for, on time, and keeps the answers until they are written down. */
class LimiterSender {
  readonly #spec: LimiterSpec
  readonly #drive: Drive
  readonly #client: LimiterClient
  readonly #now: () => number
  #answers: { readonly stage: LimiterStage; readonly answer: LimiterAnswer }[] = []
  #streaming: AbortController | undefined

  constructor(spec: LimiterSpec, { drive, url, values, hasAddresses }: SenderOptions) {
    this.#spec = spec
    this.#drive = drive
    const { clock } = drive.session
    this.#now = () => clock.now() - drive.startSec
    // Those of another run at the same target are others; the users of the load, probes and scrapes have 127.0.0.1 or what the plan gives them.
    const net = 64 + (drive.seed % 128)
    const addresses = (key: number): string =>
      `127.${String(net)}.${String(1 + Math.floor(key / 250))}.${String(1 + (key % 250))}`
    this.#client = new LimiterClient({ spec, url, values, addresses: hasAddresses ? addresses : undefined, now: this.#now })
  }

  /** What was answered since the last time, by stage. */
  take(): readonly { readonly stage: LimiterStage; readonly answers: readonly LimiterAnswer[] }[] {
    const taken = new Map<LimiterStage, LimiterAnswer[]>()
    for (const { stage, answer } of this.#answers) taken.set(stage, [...(taken.get(stage) ?? []), answer])
    this.#answers = []
    return [...taken].map(([stage, answers]) => ({ stage, answers }))
  }

  close(): void {
    this.#streaming?.abort()
    this.#client.close()
  }

  async make(move: Exclude<LimiterMove, { kind: 'note' | 'skip' }>): Promise<void> {
    switch (move.kind) {
      case 'stream':
        void this.#stream(move)
        return
      case 'stop':
        this.#streaming?.abort()
        return
      case 'burst':
        return this.#burst(move)
      case 'vary':
        return this.#vary(move)
    }
  }

  async #send(stage: LimiterStage, sending: Parameters<LimiterClient['send']>[0]): Promise<LimiterAnswer> {
    const answer = await this.#client.send(sending)
    this.#answers.push({ stage, answer })
    return answer
  }

  #isRefused(answer: LimiterAnswer): boolean {
    return outcomeOf(answer, this.#spec.refused) === 'refused'
  }

  /** Open: each request leaves when it is due, whatever became of those before. */
  async #stream({ stage, key, keys = 1, perSec, part }: Extract<LimiterMove, { kind: 'stream' }>): Promise<void> {
    this.#streaming?.abort()
    const over = new AbortController()
    this.#streaming = over
    const signal = AbortSignal.any([over.signal, this.#drive.signal])
    const from = this.#now()
    const isOver = (): boolean => signal.aborted
    for (let i = 0; !isOver(); i++) {
      await this.#until(from + i / perSec, signal)
      if (isOver()) return
      void this.#send(stage, { key: key + (i % keys), part })
    }
  }

  async #burst({
    stage,
    key,
    count,
    untilRefused,
    together = 0,
    atSec = 0,
    withinSec = Infinity,
  }: Extract<LimiterMove, { kind: 'burst' }>): Promise<void> {
    const { signal } = this.#drive
    const sockets = together === 0 ? [] : await this.#client.open(key, together)
    await this.#until(atSec, signal)
    const endSec = this.#now() + withinSec
    for (let i = 0; i < count && this.#now() < endSec && !signal.aborted; i++) {
      const answer = await this.#send(stage, { key, part: 'one' })
      if (untilRefused === true && this.#isRefused(answer)) break
    }
    await Promise.all(sockets.map((over) => this.#send(stage, { key, part: 'together', over })))
  }

  async #vary(move: Extract<LimiterMove, { kind: 'vary' }>): Promise<void> {
    const requests = variedRequests(move)
    let next = requests.next()
    while (next.done !== true && !this.#drive.signal.aborted)
      next = requests.next(this.#isRefused(await this.#send(move.stage, next.value)))
  }

  /** A timer is a millisecond late; the last one is waited for turn by turn. */
  async #until(sec: number, signal: AbortSignal): Promise<void> {
    const leftMs = (sec - this.#now()) * 1000
    if (leftMs > 2) await pause(leftMs - 1.5, signal)
    while (this.#now() < sec && !signal.aborted) await new Promise((resolve) => setImmediate(resolve))
  }
}
