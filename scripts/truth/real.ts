import { runRealLeaks } from '../../test/kit/real-leaks.ts'
import type { TruthRow } from './row.ts'

/** Real processes under the built program: twenty servers, ten of which leak. */
async function realLeaks(): Promise<readonly TruthRow[]> {
  const outcomes = await runRealLeaks()
  const row = (isBroken: boolean): TruthRow => {
    const ours = outcomes.filter((outcome) => (outcome.case.leak !== undefined) === isBroken)
    const wrong = ours.filter(({ isFalseAlarm, isMiss }) => isFalseAlarm || isMiss)
    return {
      ...{
        detector: 'leak, real processes',
        system: isBroken ? 'servers that leak' : 'healthy servers',
        isBroken,
        promise: 0.02,
      },
      expected: isBroken ? 'its leak' : 'no leak',
      seeds: ours.map((_, i) => i),
      wrong: Object.fromEntries(wrong.map((outcome) => [`${outcome.case.name}: ${outcome.named.join(', ') || 'nothing'}`, 1])),
    }
  }
  return [row(true), row(false)]
}

export const realSections: readonly { readonly title: string; readonly rows: () => Promise<readonly TruthRow[]> }[] = [
  { title: 'Leaks of real processes (D12)', rows: realLeaks },
]
