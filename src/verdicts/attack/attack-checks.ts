import type { TestData } from '../../analysis/index.ts'
import { attackCourse } from '../../analysis/index.ts'
import type { ValidityCheck } from '../../model/run-result.ts'

/** Ours: an attack of which more was left out was another attack. */
const mostCapped = 0.1

/** `attacks-made`: each attack of a test was made, and as large as the plan has it. An attack that did not take place shows nothing of the target. */
export function attacksMade({ test }: { readonly test: TestData }): ValidityCheck | undefined {
  const { attacks } = test.spec
  if (attacks === undefined) return undefined
  const each = attacks.map(({ id }) => {
    const started = test.events.find((event) => event.kind === 'attack-started' && event.id === id)
    const { sent, capped } = attackCourse(test.attack(id))
    return { id, started, sent, left: sent + capped === 0 ? 0 : capped / (sent + capped) }
  })
  const missed = each.find(({ sent }) => sent === 0)
  const short = each.find(({ left }) => left > mostCapped)
  const why = missed?.started?.kind === 'attack-started' && !missed.started.ok ? `: ${missed.started.evidence}` : ''
  return {
    ...{ id: 'attacks-made', title: 'Number of attacks that were made as planned', unit: 'count' },
    verdict: missed !== undefined ? 'void' : short !== undefined ? 'warn' : 'ok',
    value: each.filter(({ sent, left }) => sent > 0 && left <= mostCapped).length,
    limit: attacks.length,
    advice:
      missed !== undefined
        ? `Nothing of the attack "${missed.id}" was sent${why}.`
        : short !== undefined
          ? `${Math.round(short.left * 100)} % of the attack "${short.id}" was left out: it came to a cap of its own, or this machine had no more sockets for it. Lower its rate, or raise its \`caps\`.`
          : '',
  }
}
