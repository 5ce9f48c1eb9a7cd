import { expect, test } from 'vitest'
import { linked } from '../../../test/kit/linked.ts'
import type { ToxicAction } from '../../model/link-fault.ts'
import type { UndoLog } from '../fault.ts'
import type { Link } from './link.ts'
import type { LinkFaultSpec } from './link-fault.ts'
import { linkFault } from './link-fault.ts'

const on = 'db'
const nothing = (): void => undefined
/** Nothing on a link outlives us. */
const undo: UndoLog = {
  envOf: () => ({}),
  addProcess: nothing,
  removeProcess: nothing,
  addFolder: nothing,
  removeFolder: nothing,
}

function fault(action: ToxicAction, link: Link, scope?: LinkFaultSpec['scope']) {
  const spec: LinkFaultSpec = { id: action.kind, atSec: 0, forSec: 10, fault: action, ...(scope === undefined ? {} : { scope }) }
  return linkFault(spec, link, 1)
}

/** What is seen from outside while it is at work. */
const seen: readonly (readonly [ToxicAction, RegExp])[] = [
  [{ kind: 'down', on }, /failed with ECONNREFUSED/],
  [{ kind: 'refuse', on }, /failed with ECONNREFUSED/],
  [{ kind: 'reset', on }, /ECONNRESET|was reset/],
  [{ kind: 'reset', on, afterBytes: 100 }, /was reset after .* and 100 bytes/],
  [{ kind: 'reset', on, afterMs: 30 }, /was reset after .* and 1 bytes/],
  [{ kind: 'accept-then-close', on }, /was closed after .* and 0 bytes/],
  [{ kind: 'hang', on }, /was not answered within 3/],
  [{ kind: 'syn-blackhole', on }, /a connect through the link was not answered/],
  [{ kind: 'cut', on }, /a connect through the link was not answered/],
  [{ kind: 'blackhole', on, direction: 'up' }, /was not answered within 3/],
  [{ kind: 'blackhole', on, direction: 'down' }, /was not answered within 3/],
  [latency({ delayMs: 40 }), /answered with 1 byte within (8|9|1\d)\d* ms/],
  [latency({ delayMs: 40, firstByte: true, direction: 'down' }), /answered with 1 byte within (4|5|6|7|8|9|1\d)\d* ms/],
  [{ kind: 'bandwidth', on, bytesPerSec: 10_000, direction: 'down', shared: true }, /answered with 1500 bytes within \d\d+ ms/],
  [{ kind: 'slice', on, bytes: 10, delayMs: 5, direction: 'down' }, /answered with 40 bytes/],
  [{ kind: 'limit-bytes', on, bytes: 7 }, /was closed after .* and 7 bytes/],
  [{ kind: 'corrupt', on, share: 0.01, direction: 'up' }, /answered with 1000 bytes/],
  [{ kind: 'half-close', on }, /was closed after .* and 1 bytes/],
  [{ kind: 'slow-close', on, delayMs: 50 }, /was closed after \d\d+ ms/],
  [{ kind: 'flap', on, upMs: 60_000, downMs: 60_000 }, /failed with ECONNREFUSED/],
  [{ kind: 'connection-limit', on, connections: 5 }, /the proxy has it/],
]

function latency(
  own: Partial<Extract<ToxicAction, { kind: 'latency' }>> & { delayMs: number },
): Extract<ToxicAction, { kind: 'latency' }> {
  return { kind: 'latency', on, jitterMs: 0, distribution: 'normal', direction: 'both', firstByte: false, ...own }
}

test.each(seen)('%o is seen to be at work, and to be gone', async (action, evidence) => {
  const { link, upstream } = await linked()
  const active = await fault(action, link).inject({ undo, lifeSec: 20 })
  const proof = await active.verify()
  expect(proof.evidence).toMatch(evidence)
  expect(proof.ok).toBe(true)
  const gone = await active.revert()
  expect(gone).toEqual({ ok: true, evidence: expect.stringMatching(/answered with 1 byte/) as string })
  expect(await active.revert()).toBe(gone)
  // Looking at it is no call of anybody's: the upstream and the counts know nothing of it.
  expect(upstream).toHaveLength(0)
  expect((await link.look()).counts).toMatchObject({ connections: 0, calls: 0, broken: 0, open: 0 })
  expect(active.crossed?.() ?? 0).toBe(0)
})

test('a fault that somebody has taken away is not proven', async () => {
  const { link } = await linked()
  const active = await fault({ kind: 'accept-then-close', on }, link).inject({ undo, lifeSec: 20 })
  await link.remove('accept-then-close')
  expect(await active.verify()).toEqual({ ok: false, evidence: 'the proxy does not have it on the link db' })
})

test('who has met it is counted, except where the kernel sends them away', async () => {
  const { link, connect } = await linked()
  const reset = await fault({ kind: 'reset', on }, link).inject({ undo, lifeSec: 20 })
  await (
    await connect()
  ).fate
  await reset.verify()
  await reset.revert()
  expect(reset.crossed?.()).toBe(1)
  const refused = await fault({ kind: 'refuse', on }, link).inject({ undo, lifeSec: 20 })
  await (
    await connect()
  ).fate
  await refused.revert()
  expect(refused.crossed?.()).toBeUndefined()
})

test('a fault of the same name in a later test does not count those who met the first', async () => {
  const { link, connect } = await linked()
  const first = await fault({ kind: 'reset', on }, link).inject({ undo, lifeSec: 20 })
  await (
    await connect()
  ).fate
  await first.revert()
  const second = await fault({ kind: 'reset', on }, link).inject({ undo, lifeSec: 20 })
  await second.revert()
  expect([first.crossed?.(), second.crossed?.()]).toEqual([1, 0])
})

test('under another fault on the same link the proxy is asked, since a connection would meet that one', async () => {
  const { link } = await linked()
  const first = await fault({ kind: 'accept-then-close', on }, link).inject({ undo, lifeSec: 20 })
  const second = await fault({ kind: 'hang', on }, link).inject({ undo, lifeSec: 20 })
  expect(await second.revert()).toEqual({ ok: true, evidence: 'the proxy no longer has it on the link db' })
  expect((await first.revert()).ok).toBe(true)
})

test('a toxic that needs to understand the bytes is refused on a link where the proxy does not', async () => {
  const { link } = await linked()
  await expect(fault({ kind: 'status', on, status: 503 }, link).inject({ undo, lifeSec: 20 })).rejects.toThrow(
    /does not understand/,
  )
})
