import { disagreement, readOurs, readTheirs } from './http1-compare.ts'
import type { FuzzStream } from './http1-streams.ts'
import { fuzzRandom, fuzzStream } from './http1-streams.ts'

export interface Disagreement {
  readonly stream: FuzzStream
  readonly cuts: readonly number[]
  readonly text: string
}

export interface FuzzRun {
  readonly streams: number
  readonly answers: number
  readonly refused: number
  readonly readings: number
  readonly disagreements: readonly Disagreement[]
}

/** `streams` random streams, each cut at one random place; every one of the first `everywhere` also at every place. */
export function runFuzz({
  streams,
  everywhere,
  seed,
  most = 20,
}: {
  readonly streams: number
  readonly everywhere: number
  readonly seed: number
  readonly most?: number
}): FuzzRun {
  const random = fuzzRandom(seed)
  const disagreements: Disagreement[] = []
  let answers = 0
  let refused = 0
  let readings = 0
  for (let i = 0; i < streams && disagreements.length < most; i++) {
    const stream = fuzzStream(random)
    const bytes = Buffer.from(stream.bytes, 'latin1')
    const cut = Math.floor(random() * bytes.length)
    const theirs = readTheirs(stream, bytes, [cut])
    const compare = (cuts: readonly number[]): boolean => {
      readings++
      const ours = readOurs(stream, bytes, cuts)
      const text = disagreement(ours, theirs, stream)
      if (text !== undefined) disagreements.push({ stream, cuts, text })
      else if (cuts[0] === cut) {
        answers += ours.answers.length
        if (ours.answers.length < stream.methods.length) refused++
      }
      return text === undefined
    }
    if (!compare([cut]) || i >= everywhere) continue
    for (let place = 0; place < bytes.length; place++) if (!compare([place])) break
  }
  return { streams, answers, refused, readings, disagreements }
}

/** Both readings of one stream of the corpus, at every place. */
export function replay(stream: FuzzStream): string | undefined {
  const bytes = Buffer.from(stream.bytes, 'latin1')
  const theirs = readTheirs(stream, bytes, [])
  for (let place = 0; place < Math.max(1, bytes.length); place++) {
    const text = disagreement(readOurs(stream, bytes, [place]), theirs, stream)
    if (text !== undefined) return `cut at ${place}: ${text}`
  }
  return undefined
}
