import type { ProbePoint, RunData, TestData } from '../../analysis/index.ts'
import type { PageChart, PageSeries, PageTime } from './page-data.ts'
import { rounded } from './rounded.ts'

/** A page of metrics may have hundreds of series; what does not move tells nothing over time. */
const mostSeries = 6
const mostMoreCharts = 12

interface Wanted {
  readonly title: string
  readonly group: 'target' | 'more'
  readonly names: readonly string[]
}

/** Charts of everything that probes measured: the known ones by hand, all others by owner and unit. */
export function probeCharts(data: RunData, test: TestData, time: Pick<PageTime, 'points' | 'stepSec'>): PageChart[] {
  const left = new Set(data.probeNames.filter((name) => test.probe(name).length > 0))
  const charts: PageChart[] = []
  const add = ({ title, group, names }: Wanted, constantToo: boolean) => {
    const series = names.flatMap((name): PageSeries[] => {
      if (!left.delete(name)) return []
      const points = test.probe(name)
      if (!constantToo && points.every(({ value }) => value === points[0]?.value)) return []
      return [{ label: labelOf(name, title), tone: name.endsWith('.limit') ? 'limit' : 'normal', values: onAxis(points, time) }]
    })
    const unit = data.probeUnits[names.find((name) => data.probeUnits[name] !== undefined) ?? ''] ?? 'count'
    if (series.length > 0) charts.push({ id: `probe-${charts.length}`, title, group, unit, log: false, series })
  }
  for (const wanted of known(data)) add(wanted, true)
  let more = 0
  for (const wanted of others([...left], data)) {
    if (more >= mostMoreCharts) break
    const before = charts.length
    add(wanted, false)
    more += charts.length - before
  }
  return charts
}

function known(data: RunData): Wanted[] {
  const prefixed = (owner: string, names: readonly string[]) => names.map((name) => `${owner}.${name}`)
  const sockets = data.probeNames.filter((name) => name.startsWith('target.sockets.')).slice(0, 3)
  const wanted: Wanted[] = [
    { title: 'Target CPU', group: 'target', names: prefixed('target', ['cpu', 'cpu.core']) },
    { title: 'Target memory', group: 'target', names: prefixed('target', ['memory']) },
    {
      title: 'Target files, sockets, threads',
      group: 'target',
      names: [...prefixed('target', ['files', 'sockets', 'threads', 'processes']), ...sockets],
    },
    { title: 'Host CPU and memory', group: 'target', names: prefixed('host', ['cpu', 'memory']) },
  ]
  for (const name of Object.keys(data.header.plan.services)) {
    wanted.push(
      {
        title: `${name}: connections`,
        group: 'target',
        names: prefixed(name, [
          'connections.active',
          'connections.idle',
          'connections.idle_in_transaction',
          'connections.total',
          'connections.limit',
        ]),
      },
      { title: `${name}: transactions`, group: 'target', names: prefixed(name, ['transactions', 'rollbacks']) },
      { title: `${name}: cache hits`, group: 'target', names: prefixed(name, ['cache.hit']) },
      { title: `${name}: locks waited for`, group: 'target', names: prefixed(name, ['locks.waiting']) },
    )
  }
  return wanted
}

/** By owner (what stands before the first dot) and unit, a few to a chart. */
function others(names: readonly string[], data: RunData): Wanted[] {
  const groups = new Map<string, string[]>()
  for (const name of [...names].sort()) {
    const key = `${name.split('.')[0] ?? name} ${data.probeUnits[name] ?? 'count'}`
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  const wanted: Wanted[] = []
  for (const group of groups.values()) {
    const owner = group[0]?.split('.')[0] ?? ''
    for (let at = 0; at < group.length; at += mostSeries) {
      const names = group.slice(at, at + mostSeries)
      const [only] = names
      wanted.push({
        title:
          names.length === 1 && only !== undefined
            ? titleOf(only)
            : `${capital(owner)}: ${names.map((name) => labelOf(name, owner)).join(', ')}`,
        group: 'more',
        names,
      })
    }
  }
  return wanted
}

function titleOf(name: string): string {
  const dot = name.indexOf('.')
  return dot < 0 ? name : `${capital(name.slice(0, dot))}: ${name.slice(dot + 1)}`
}

/** Without the owner, which the title already says. */
function labelOf(name: string, title: string): string {
  const words: Readonly<Record<string, string>> = {
    'target.cpu': 'all cores',
    'target.cpu.core': 'busiest thread',
    'target.cpu.wait': 'waits for a core',
    'target.memory': 'resident',
  }
  const short = name.slice(name.indexOf('.') + 1)
  return words[name] ?? (title.includes('connections') ? short.replace(/^connections\./, '') : short)
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** The mean of the points of each step; null where there is none. */
export function onAxis(
  points: readonly ProbePoint[],
  { points: length, stepSec }: Pick<PageTime, 'points' | 'stepSec'>,
): (number | null)[] {
  const sums = Array.from({ length }, () => ({ sum: 0, count: 0 }))
  for (const { t, value } of points) {
    const step = sums[Math.floor(t / stepSec)]
    if (!step) continue
    step.sum += value
    step.count++
  }
  return sums.map(({ sum, count }) => (count === 0 ? null : rounded(sum / count)))
}
