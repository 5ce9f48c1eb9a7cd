import type { TestingKey } from '../not-tested.ts'

/** What a check of the list says: judged, with the sentence it rests on, or what would test it. */
export type Readiness =
  | { readonly kind: 'pass' | 'fail'; readonly evidence: string }
  | { readonly kind: 'not tested'; readonly by: TestingKey; readonly evidence?: string }

/** The first test that fails decides, else the first that passes, else nothing was tested. */
export function worst(found: readonly (Readiness | null)[], by: TestingKey): Readiness {
  const known = found.filter((one) => one !== null)
  const decisive = known.find(({ kind }) => kind === 'fail') ?? known.find(({ kind }) => kind === 'pass')
  return decisive ?? known[0] ?? { kind: 'not tested', by }
}
