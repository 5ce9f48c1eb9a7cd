import { createHash } from 'node:crypto'

/** The `blocking` defect: a sales report, computed on the event loop for 200 to 350 ms, every one to two seconds. */
export function startBlockingReports(): { stop(): void } {
  const random = seededRandom(7)
  let timer: NodeJS.Timeout
  const schedule = (): void => {
    timer = setTimeout(
      () => {
        computeSalesReport(200 + random() * 150)
        schedule()
      },
      1_000 + random() * 1_000,
    )
    timer.unref()
  }
  schedule()
  return { stop: () => clearTimeout(timer) }
}

function computeSalesReport(forMs: number): string {
  const end = performance.now() + forMs
  let digest = ''
  while (performance.now() < end) digest = createHash('sha256').update(digest).update('sales').digest('hex')
  return digest
}

/** mulberry32 (Tommy Ettinger, public domain): the same pauses in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
