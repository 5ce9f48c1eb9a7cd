import { AuditLog, examineAudit } from '../../src/analysis/index.ts'
import type { AuditFacts } from '../../src/analysis/index.ts'
import { seededRandom } from '../../src/base/random.ts'
import { AuditTallies } from '../../src/metrics/index.ts'
import type { AuditChanges, AuditFound, AuditReadBack, AuditWrite } from '../../src/model/audit-record.ts'

/** What an audit sees of a simulated system, and what is true of it. */
export interface SimulatedAudit {
  readonly facts: AuditFacts
  /** How many writes, changes or answers really are defective. */
  readonly truth: number
}

const test = 'simulated'
const hook = { hook: 'audit', test } as const

function factsOf(log: AuditLog): AuditFacts {
  const facts = examineAudit(log, test)
  if (facts === undefined) throw new Error('the simulation wrote nothing')
  return facts
}

/** A log of writes whose final read finds `there`. */
function logOf(writes: readonly AuditWrite[], there: readonly AuditFound[]): AuditLog {
  const log = new AuditLog()
  // In pieces, as seconds are.
  for (let i = 0; i < writes.length; i += 97)
    log.add({ t: i / 97, kind: 'audit-work', test, worker: (i / 97) % 2, writes: writes.slice(i, i + 97) })
  log.add({ t: 100, kind: 'audit-found', ids: there, ...hook })
  log.add({ t: 101, kind: 'audit-read', ids: there.length, ...hook })
  return log
}

const changesOf = (): AuditChanges & { add(to: 'begun' | 'acknowledged'): void } => {
  const begun = { count: 0, up: 0, down: 0 }
  const acknowledged = { count: 0, up: 0, down: 0 }
  const sums = { begun, acknowledged }
  return {
    ...sums,
    failed: { count: 0, up: 0, down: 0 },
    largest: 1,
    add(to) {
      sums[to].count++
      sums[to].up++
    },
  }
}

/** A thousand deposits of 1 into ten accounts by users side by side; one in fifty gets no answer, done or not. Without a lock each reads the balance, works for a while and writes it back. */
export function simulateBank({ lock }: { readonly lock: boolean }, seed: number): SimulatedAudit {
  const random = seededRandom(seed, 21)
  const balances = Array.from({ length: 10 }, () => 100)
  const accounts = balances.map(changesOf)
  const begun: { readonly account: number; readonly read: number; readonly untilSec: number; readonly answered: boolean }[] = []
  let now = 0
  let done = 0
  const settle = (account: number, read: number): void => {
    done++
    balances[account] = lock ? (balances[account] ?? 0) + 1 : read + 1
  }
  const finish = (untilSec: number): void => {
    for (const one of begun.splice(0).sort((a, b) => a.untilSec - b.untilSec)) {
      if (one.untilSec > untilSec) begun.push(one)
      else {
        settle(one.account, one.read)
        if (one.answered) accounts[one.account]?.add('acknowledged')
      }
    }
  }
  for (let i = 0; i < 1000; i++) {
    now += -Math.log(1 - random.next()) / 100
    finish(now)
    const account = Math.floor(random.next() * balances.length)
    accounts[account]?.add('begun')
    const answered = random.next() >= 0.02
    // Without an answer it was done, or was not.
    if (!answered && random.next() < 0.5) continue
    begun.push({ account, read: balances[account] ?? 0, untilSec: now + 0.02 + 0.02 * random.next(), answered })
  }
  finish(Infinity)
  const log = new AuditLog()
  const counters = Object.fromEntries(accounts.map((changes, i) => [`account ${String(i)}`, changes]))
  log.add({ t: 0, kind: 'audit-work', test, worker: 0, counters })
  balances.forEach((value, i) =>
    log.add({ t: 1, kind: 'audit-total', counter: `account ${String(i)}`, value, from: 100, ...hook }),
  )
  const sum = balances.reduce((a, b) => a + b, 0)
  log.add({ t: 2, kind: 'audit-read', ids: null, ...hook })
  return { facts: factsOf(log), truth: 1000 + done - sum }
}

/** Transfers between accounts: the sum never changes, unless two of them read before either has written. */
export function simulateTransfers({ lock }: { readonly lock: boolean }, seed: number): SimulatedAudit {
  const random = seededRandom(seed, 22)
  const balances = Array.from({ length: 10 }, () => 100)
  const pick = (): number => Math.floor(random.next() * balances.length)
  const log = new AuditLog()
  let lost = 0
  for (let i = 0; i < 400; i++) {
    const [from, to] = [pick(), pick()]
    if (from === to) continue
    const seen = [balances[from] ?? 0, balances[to] ?? 0] as const
    // A second transfer comes in between, on one of the two accounts.
    const other = (to + 1) % balances.length
    if (!lock && random.next() < 0.05 && other !== from) {
      balances[to] = (balances[to] ?? 0) + 5
      balances[other] = (balances[other] ?? 0) - 5
      lost++
    }
    balances[from] = seen[0] - 10
    balances[to] = seen[1] + 10
  }
  const sum = balances.reduce((a, b) => a + b, 0)
  const checks = new AuditTallies()
  checks.invariant('sum of money', sum === 1000, sum)
  log.add({ t: 0, kind: 'audit-work', test, worker: 0, ...checks.take() })
  return { facts: factsOf(log), truth: lost }
}

/** Writes that are acknowledged when they are in memory and reach the disk once a second; the process is killed in the middle. Its healthy twin acknowledges after the disk. */
export function simulateWriteBehind({ through }: { readonly through: boolean }, seed: number): SimulatedAudit {
  const random = seededRandom(seed, 23)
  const flushedSec = 4 + Math.floor(4 * random.next())
  // Some time after a flush, so that there is something to lose.
  const killSec = flushedSec + 0.2 + 0.7 * random.next()
  const writes: AuditWrite[] = []
  const there: string[] = []
  let now = 0
  let lost = 0
  for (let i = 0; now < 12; i++) {
    now += -Math.log(1 - random.next()) / 200
    const id = `order-${String(seed)}-${String(i)}`
    const to = now + 0.005 * random.next()
    if (now <= killSec && to > killSec) {
      // Under way when it was killed: done or not, and nobody was told.
      writes.push({ id, from: now, to: now + 1, outcome: 'uncertain' })
      if (random.next() < 0.5) there.push(id)
    } else if (now > killSec && now < killSec + 0.5) writes.push({ id, from: now, to: now, outcome: 'failed' })
    else {
      writes.push({ id, from: now, to, outcome: 'acknowledged' })
      if (!through && to <= killSec && to > flushedSec) lost++
      else there.push(id)
    }
  }
  return { facts: factsOf(logOf(writes, there)), truth: lost }
}

/** One answer in twenty gets lost after the work was done, and the client asks again with the same id. Without a key that guards it, the work is done again. */
export function simulateRetries({ key }: { readonly key: boolean }, seed: number): SimulatedAudit {
  const random = seededRandom(seed, 24)
  const writes: AuditWrite[] = []
  const there: AuditFound[] = []
  let doubled = 0
  for (let i = 0; i < 2000; i++) {
    const id = `order-${String(i)}`
    let count = 0
    for (let attempt = 0; attempt < 3; attempt++) {
      const from = i / 100 + attempt
      count = key ? 1 : count + 1
      const isLost = random.next() < 0.05
      writes.push({ id, from, to: from + 0.01, outcome: isLost ? 'uncertain' : 'acknowledged' })
      if (!isLost) break
    }
    if (count > 1) doubled++
    there.push(count > 1 ? { id, count } : id)
  }
  return { facts: factsOf(logOf(writes, there)), truth: doubled }
}

/** Reads from a copy that lags behind, or from where it was written. */
export function simulateReplica({ lagSec }: { readonly lagSec: number }, seed: number): SimulatedAudit {
  const random = seededRandom(seed, 25)
  const writes: AuditWrite[] = []
  const readBacks: AuditReadBack[] = []
  let stale = 0
  for (let i = 0; i < 1000; i++) {
    const id = `note-${String(i)}`
    const from = i / 50
    const to = from + 0.01
    const readSec = to + 0.4 * random.next()
    const seen = readSec - to >= lagSec
    const uncertain = random.next() < 0.03
    writes.push({ id, from, to, outcome: uncertain ? 'uncertain' : 'acknowledged' })
    readBacks.push({ id, from: readSec, seen })
    if (!seen && !uncertain) stale++
  }
  const log = logOf(
    writes,
    writes.map(({ id }) => id ?? ''),
  )
  log.add({ t: 50, kind: 'audit-work', test, worker: 1, readBacks })
  return { facts: factsOf(log), truth: stale }
}

/** Answers that now and then belong to another request, and files that now and then are cut. */
export function simulateAnswers({ share }: { readonly share: number }, seed: number): SimulatedAudit {
  const random = seededRandom(seed, 26)
  const checks = new AuditTallies()
  let broken = 0
  for (let i = 0; i < 1000; i++) {
    const isBroken = random.next() < share
    if (isBroken) broken++
    checks.echo(`nonce-${String(i)}`, isBroken ? `nonce-${String(i - 1)}` : `nonce-${String(i)}`)
    const payload = `content of file ${String(i)}`
    checks.intact(`file-${String(i)}`, isBroken ? payload.slice(0, -3) : payload, checks.checksum(payload))
  }
  const log = new AuditLog()
  log.add({ t: 0, kind: 'audit-work', test, worker: 0, ...checks.take() })
  return { facts: factsOf(log), truth: broken }
}
