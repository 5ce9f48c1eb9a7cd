import { formatValue } from '../format-value.ts'
import { quantileOf } from '../probe-value.ts'
import type { Look, Reading, Resource } from './resource.ts'
import { asPercent, levelOf } from './resource.ts'

export const memory: Resource = {
  id: 'memory',
  title: 'Memory of the target',
  kind: 'works',
  threshold: 0.9,
  share:
    'Memory of the target’s processes, of the nearest limit: Node’s heap (`--max-old-space-size`), their control group’s, the test’s `limits`, the machine’s. The whole, when it died of it.',
  advice:
    'Look for what is held for each request in flight (bodies, buffers, results), stream it or limit how many are in flight, or raise the limit; a heap snapshot under this load names it.',
  read(look) {
    const died = outOfMemory(look)
    const readings = [heap(look), resident(look)].filter((reading) => reading !== undefined)
    const [nearest] = readings.sort((a, b) => b.share - a.share)
    if (died !== undefined) return { share: 1, shown: `${died}${nearest === undefined ? '' : `, last seen at ${nearest.shown}`}` }
    return nearest ?? { missing: 'the target’s memory (give it `start`, `pid` or `port`)' }
  },
}

/** Its heap, where Node was given a limit: from its page of metrics, or what its memory grew by since it was idle. */
function heap({ data, view }: Look): Reading | undefined {
  const limit = levelOf(view, 'target.heap.limit')
  if (limit === undefined) return undefined
  const name = data.probeNames.find((probe) => /(^|\.)nodejs_heap_size_used_bytes$/.test(probe))
  const told = name === undefined ? undefined : levelOf(view, name)
  const grown = told ?? grownBytes({ data, view })
  if (grown === undefined) return undefined
  const share = Math.min(1, grown / limit)
  return { share, shown: `${formatValue(grown, 'bytes')} of ${formatValue(limit, 'bytes')} of heap (${asPercent(share)})` }
}

/** The lowest tenth of all readings of a test is the program itself and a small heap. */
function grownBytes({ data, view }: Look): number | undefined {
  const level = levelOf(view, 'target.memory')
  const all = data.test(view.name)?.probe('target.memory') ?? []
  const idle = quantileOf(
    all.map(({ value }) => value),
    0.1,
  )
  return level === undefined || idle === undefined ? undefined : Math.max(0, level - idle)
}

function resident({ data, view }: Look): Reading | undefined {
  const used = levelOf(view, 'target.memory')
  if (used === undefined) return undefined
  const limit = levelOf(view, 'target.memory.limit') ?? data.header.machine.memoryBytes
  const share = Math.min(1, used / limit)
  return { share, shown: `${formatValue(used, 'bytes')} of ${formatValue(limit, 'bytes')} (${asPercent(share)})` }
}

const lastWords = /heap out of memory|allocation failed|out of memory|outofmemory|cannot allocate memory|ENOMEM/i

function outOfMemory({ data, view }: Look): string | undefined {
  // Whoever dies of a load may do so while it is being taken away.
  const [from, to] = [view.loadStartSec ?? view.startSec, view.endSec ?? Infinity]
  const died = data.events.find((event) => event.kind === 'target-ended' && event.t >= from && event.t <= to)
  if (died?.kind !== 'target-ended') return undefined
  const words = died.lastLines.find((line) => lastWords.test(line))
  return words === undefined ? undefined : 'it died out of memory'
}
