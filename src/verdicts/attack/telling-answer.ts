import { rankTest } from '../../analysis/index.ts'
import type { AttackCourse } from '../../analysis/index.ts'
import { digits } from '../format-value.ts'

/** The answer whose share differs most between names that exist and names that do not. */
interface TellingAnswer {
  readonly says: string
  /** Shares of the answers of each kind. */
  readonly known: number
  readonly unknown: number
  /** What tells them apart; undefined: nothing does. */
  readonly by: 'status' | 'words' | undefined
  readonly reason: string
}

type Counts = Readonly<Record<string, number>>

/** Ours: by chance one in a thousand over all answers that were seen, and a tenth more of one answer: whoever gets it has learned something. */
const mostChance = 0.001
const leastShare = 0.1

/** Whether what is answered tells if a name exists; undefined with fewer than so many answers of each kind. */
export function telling({ known, unknown }: AttackCourse['said'], least: number): TellingAnswer | undefined {
  const totals = { known: totalOf(known), unknown: totalOf(unknown) }
  if (Math.min(totals.known, totals.unknown) < least) return undefined
  const status = mostUneven({ known: byStatus(known), unknown: byStatus(unknown) }, totals)
  if (status.tells) return said(status, 'status', 'the status of its answer')
  const words = mostUneven({ known, unknown }, totals)
  if (words.tells) return said(words, 'words', 'what its answer says')
  const { says } = words
  return {
    ...{ says, known: words.known, unknown: words.unknown, by: undefined },
    reason: `The answers do not tell whether a name exists: ${sharesOf(words)}.`,
  }
}

interface Uneven {
  readonly says: string
  readonly known: number
  readonly unknown: number
  readonly tells: boolean
}

function mostUneven(
  { known, unknown }: AttackCourse['said'],
  totals: { readonly known: number; readonly unknown: number },
): Uneven {
  const answers = [...new Set([...Object.keys(known), ...Object.keys(unknown)])]
  const all = answers.map((says): Uneven => {
    const [a, b] = [known[says] ?? 0, unknown[says] ?? 0]
    const shares = { known: a / totals.known, unknown: b / totals.unknown }
    const chance = rankTest(marks(a, totals.known), marks(b, totals.unknown))?.p ?? 1
    const isUneven = Math.abs(shares.known - shares.unknown) >= leastShare
    return { says, ...shares, tells: isUneven && chance * answers.length < mostChance }
  })
  const bySize = all.toSorted((a, b) => Math.abs(b.known - b.unknown) - Math.abs(a.known - a.unknown))
  return bySize.find(({ tells }) => tells) ?? bySize[0] ?? { says: '', known: 0, unknown: 0, tells: false }
}

/** So many ones among so many. */
function marks(ones: number, of: number): readonly number[] {
  return Array.from({ length: of }, (_, i) => (i < ones ? 1 : 0))
}

function byStatus(counts: Counts): Counts {
  const sums: Record<string, number> = {}
  for (const [says, count] of Object.entries(counts)) {
    const [status = ''] = says.split(' ', 1)
    sums[status] = (sums[status] ?? 0) + count
  }
  return sums
}

function totalOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function said(found: Uneven, by: 'status' | 'words', how: string): TellingAnswer {
  const { says, known, unknown } = found
  return { ...{ says, known, unknown, by }, reason: `A name that exists is told by ${how}: ${sharesOf(found)}.` }
}

function sharesOf({ says, known, unknown }: Uneven): string {
  return `“${says}” for ${digits(100 * known)} % of the names that exist and ${digits(100 * unknown)} % of the others`
}
