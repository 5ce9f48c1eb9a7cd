import type { Random } from '../../../src/base/random.ts'
import type { AttackSpec } from '../../../src/model/attack-spec.ts'
import type { AttackWindow } from '../../../src/model/attack-window.ts'

type Windows = readonly (AttackWindow & { readonly t: number })[]

const nothing = {
  sent: 0,
  passed: 0,
  blocked: 0,
  dropped: 0,
  silent: 0,
  capped: 0,
  opened: 0,
  ended: 0,
  open: 0,
  bytesOut: 0,
  bytesIn: 0,
}

/** What guesses from the sources of an attack come to where each is blocked after `blockAfter` answered tries; infinite: never. */
export function guesses({ id, atSec, forSec, perSec, sources }: AttackSpec, blockAfter: number): Windows {
  const each = perSec / sources.length
  const windows: (AttackWindow & { t: number })[] = []
  for (const source of sources) {
    let answered = 0
    for (let sec = 0; sec < forSec; sec++) {
      const passed = Math.min(each, Math.max(0, blockAfter - answered))
      const blocked = each - passed
      const isFirst =
        blocked > 0 && answered + passed >= blockAfter && answered <= blockAfter && (answered < blockAfter || sec === 0)
      answered += passed
      const afterSec = sec + passed / each
      windows.push({
        ...{ t: atSec + sec, kind: 'attack', test: 'outage', attack: id, source, ...nothing, sent: each, passed, blocked },
        statuses: { ...(passed > 0 ? { 401: passed } : {}), ...(blocked > 0 ? { 429: blocked } : {}) },
        ...(isFirst ? { firstBlock: { atSec: atSec + afterSec, afterSec, afterTries: answered } } : {}),
      })
    }
  }
  return windows
}

/** Connections that are held: ended after `heldSec` and opened again; infinite: kept to the end. */
export function heldConnections({ id, atSec, forSec, connections, sources }: AttackSpec, heldSec: number): Windows {
  const [source = ''] = sources
  return Array.from({ length: forSec }, (_, sec): AttackWindow & { t: number } => {
    const age = Math.min(sec + 1, heldSec)
    const ends = Number.isFinite(heldSec) && (sec + 1) % Math.max(1, Math.round(heldSec)) === 0
    const held = { sumSec: connections * heldSec, minSec: heldSec, maxSec: heldSec }
    return {
      ...{ t: atSec + sec, kind: 'attack', test: 'outage', attack: id, source, ...nothing, statuses: {} },
      ...{ sent: sec === 0 || ends ? connections : 0, opened: sec === 0 || ends ? connections : 0, open: connections },
      ...(ends ? { ended: connections, held } : {}),
      oldestSec: Math.min(age, heldSec) - 0.1,
    }
  })
}

type Said = NonNullable<AttackWindow['said']>

/** Answer times in microseconds of refused log-ins: those for names that exist are `leakMs` later; `said`: what ten of each kind were answered with. */
export function enumerated(
  { id, atSec, forSec, sources }: AttackSpec,
  leakMs: number,
  random: Random,
  said?: (random: Random) => Said,
): Windows {
  const [source = ''] = sources
  const some = (more: number): readonly number[] =>
    Array.from({ length: 10 }, () => Math.round(1000 * (20 + 10 * random.next() + more)))
  return Array.from({ length: forSec }, (_, sec) => ({
    ...{ t: atSec + sec, kind: 'attack', test: 'outage', attack: id, source, ...nothing, sent: 20, passed: 20 },
    ...{ statuses: { 401: 20 }, timed: { known: some(leakMs), unknown: some(0) } },
    ...(said === undefined ? {} : { said: said(random) }),
  }))
}
