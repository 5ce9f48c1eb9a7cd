import type { LimiterResult } from '../../model/limiter-result.ts'
import type { PoolResult } from '../../model/pool-result.ts'
import type { TestResult } from '../../model/run-result.ts'
import { poolSizeSentences } from '../faults/pool-sentences.ts'
import { attackLine } from '../faults/attack-sentences.ts'
import { limiterSentences } from '../faults/limiter-sentences.ts'
import { auditLine, breakerLine, limiterLine, poolLine } from '../faults/protections.ts'
import { recoveryLine } from '../faults/recovery-sentences.ts'
import { faultLine, leakLines, limitLine, resourceLine } from '../resource-sentences.ts'
import type { ResourceLine } from '../resource-sentences.ts'
import { alertLines, monitorLines } from '../self-report-lines.ts'
import { heading, marked } from './style.ts'
import type { Style } from './style.ts'

/** Limits, faults and what came of them, and leaks of a test; nothing where there were none. */
export function resourceLines(test: TestResult, style: Style): string[] {
  return [
    ...part('Limits', (test.limits ?? []).map(limitLine), style),
    ...part('Faults', (test.faults ?? []).map(faultLine), style),
    ...part(
      'Recovery',
      (test.faults ?? []).flatMap((fault) => recoveryLine(fault) ?? []),
      style,
    ),
    ...part('Attacks', (test.attacks ?? []).map(attackLine), style),
    ...part('Circuit breakers', (test.breakers ?? []).map(breakerLine), style),
    ...part('Connection pools', (test.pools ?? []).flatMap(poolLines), style),
    ...part('Rate limiters', (test.limiters ?? []).flatMap(limiterLines), style),
    ...part('Page of metrics', monitorLines(test), style),
    ...part('Alerts', alertLines(test), style),
    ...part('Data', test.audit === undefined ? [] : [auditLine(test.audit)], style),
    ...part('Resources', (test.resources ?? []).map(resourceLine), style),
    ...part('Leaks', leakLines(test), style),
  ]
}

/** The verdict, and how many connections the load needs. */
function poolLines(pool: PoolResult): readonly ResourceLine[] {
  return [poolLine(pool), ...poolSizeSentences(pool).map((text) => ({ mark: '·' as const, text }))]
}

/** The verdict, what each test saw, and the plot of what was let through. */
function limiterLines(limiter: LimiterResult): readonly ResourceLine[] {
  return [limiterLine(limiter), ...limiterSentences(limiter).map((text) => ({ mark: '·' as const, text }))]
}

function part(title: string, lines: readonly ResourceLine[], style: Style): string[] {
  if (lines.length === 0) return []
  const { c } = style
  const colours = { '✓': c.green, '✗': c.red, '?': c.yellow, '·': c.dim }
  return [heading(title, style), ...lines.flatMap(({ mark, text }) => marked(mark, text, style, colours[mark])), '']
}
