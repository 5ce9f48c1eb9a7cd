import type { ProbePoint, RunData, TestData } from '../../analysis/index.ts'
import { capitalised } from '../capacity-sentences.ts'
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
      const points = isCounter(name) ? ratesOf(test.probe(name)) : test.probe(name)
      if (!constantToo && points.every(({ value }) => value === points[0]?.value)) return []
      return [{ label: labelOf(name, title), tone: name.endsWith('.limit') ? 'limit' : 'normal', values: onAxis(points, time) }]
    })
    const declared = data.probeUnits[names.find((name) => data.probeUnits[name] !== undefined) ?? ''] ?? 'count'
    const unit = names.some(isCounter) ? 'perSec' : declared
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
    { title: 'Target readiness (1: ready)', group: 'target', names: prefixed('target', ['ready']) },
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

/** What a target says of itself comes before what its runtime adds of its own accord. */
const runtimeFamily = /^(nodejs|process|go|python|jvm|dotnet)_/

/** Pages of metrics by family (the name before the labels), the target's own families first; all else by owner and unit. */
function others(names: readonly string[], data: RunData): Wanted[] {
  const pages = new Set(data.header.plan.probes.flatMap((probe) => (probe.kind === 'metrics-page' ? [probe.name] : [])))
  const groups = new Map<string, string[]>()
  for (const name of [...names].sort()) {
    const { owner, family } = parsed(name)
    // The sum of a histogram is of use only beside its count.
    if (pages.has(owner) && family.endsWith('_sum')) continue
    const key = pages.has(owner) ? `${owner} ${family}` : `${owner} ${data.probeUnits[name] ?? 'count'}`
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  const wanted = [...groups.values()].flatMap((group): Wanted[] => {
    const { owner, family } = parsed(group[0] ?? '')
    const title = pages.has(owner)
      ? `${capitalised(owner)}: ${family}`
      : `${capitalised(owner)}: ${group.map((name) => name.slice(owner.length + 1)).join(', ')}`
    return group.length > mostSeries && !pages.has(owner) ? [] : [{ title, group: 'more', names: group.slice(0, mostSeries) }]
  })
  const rank = ({ names: [name = ''] }: Wanted): number => (runtimeFamily.test(parsed(name).family) ? 1 : 0)
  return wanted.sort((a, b) => rank(a) - rank(b))
}

/** `app.http_requests_total{method="GET"}`: owner `app`, family `http_requests_total`. */
function parsed(name: string): { readonly owner: string; readonly family: string; readonly labels: string } {
  const dot = name.indexOf('.')
  const brace = name.indexOf('{')
  const family = name.slice(dot + 1, brace < 0 ? undefined : brace)
  const labels = brace < 0 ? '' : [...name.slice(brace).matchAll(/="((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value).join(' ')
  return { owner: name.slice(0, Math.max(0, dot)), family, labels }
}

/** Without the owner, which the title already says. */
function labelOf(name: string, title: string): string {
  const words: Readonly<Record<string, string>> = {
    'target.cpu': 'all cores',
    'target.cpu.core': 'busiest thread',
    'target.cpu.wait': 'waits for a core',
    'target.memory': 'resident',
  }
  const { labels } = parsed(name)
  if (labels !== '') return labels
  const short = name.slice(name.indexOf('.') + 1)
  return words[name] ?? (title.includes('connections') ? short.replace(/^connections\./, '') : short)
}

/** Counters of a metrics page only ever rise: their rate is what tells something. */
function isCounter(name: string): boolean {
  // prom-client calls some of its gauges `nodejs_active_…_total`.
  const { owner, family } = parsed(name)
  return owner !== '' && /_(total|count)$/.test(family) && !family.startsWith('nodejs_active_')
}

/** Per second between two looks; a counter that falls was started afresh. */
function ratesOf(points: readonly ProbePoint[]): ProbePoint[] {
  return points.flatMap(({ t, value }, i) => {
    const before = points[i - 1]
    if (before === undefined || t <= before.t || value < before.value) return []
    return [{ t, value: (value - before.value) / (t - before.t) }]
  })
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
