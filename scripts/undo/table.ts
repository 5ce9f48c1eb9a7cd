import type { Outcome } from '../../test/kit/undo/run-drawn.ts'

/** One line a run, and all that was wrong with it. */
export function told({ drawn, phase, active, found, left, problems, seconds }: Outcome): string {
  const { seed, scene, faults, death, limits, moment, full, isCold } = drawn
  const list = faults.map(({ text, atSec, forSec }) => `${text} ${atSec}-${(atSec + forSec).toFixed(2)} s`).join(', ')
  const more = [
    ...(limits === '' ? [] : [`limits ${limits}`]),
    ...(isCold ? ['programs not prepared'] : []),
    ...(full === undefined ? [] : [`${full.what} full ${full.sec} s after the load`]),
  ]
  const verdict = left.length + problems.length > 0 ? '✗' : found.length > 0 ? 'doctor' : '✓'
  const head = `${verdict} seed ${seed}: ${death} ${moment.sec} s after the ${moment.after}, ${phase}; ${scene}; ${[list, ...more].join('; ')}; active: ${active.join(', ') || 'none'} (${seconds.toFixed(0)} s)`
  return [
    head,
    ...found.map((each) => `    found: ${each}`),
    ...left.map((each) => `    left: ${each}`),
    ...problems.map((each) => `    problem: ${each}`),
  ].join('\n')
}

const header = '| | runs | clean at once | mended by doctor | left |\n|---|---|---|---|---|'

export function summary(outcomes: readonly Outcome[], machine: string): string {
  const deaths = grouped(outcomes, ({ drawn, phase }) => [
    phase === 'over before' ? 'over before it could be killed' : drawn.death,
  ])
  const phases = grouped(outcomes, ({ phase, active }) => [
    phase === 'under load' ? `under load, ${active.length} faults active` : phase,
  ])
  const kinds = grouped(outcomes, ({ drawn }) => [...new Set(drawn.faults.map(({ kind }) => kind))])
  const scenes = grouped(outcomes, ({ drawn: { scene, full } }) => [full === undefined ? scene : `full: ${full.what}`])
  const bad = outcomes.filter(({ left, problems }) => left.length + problems.length > 0)
  const mended = outcomes.filter(({ found, left }) => found.length > 0 && left.length === 0)
  const line = `${outcomes.length} runs: ${outcomes.length - mended.length - outcomes.filter(({ left }) => left.length > 0).length} clean at once, ${mended.length} mended by doctor, ${outcomes.filter(({ left }) => left.length > 0).length} left something, ${outcomes.filter(({ problems }) => problems.length > 0).length} with another problem (${machine})`
  return [
    '\n## By death\n',
    table(deaths),
    '\n## By moment\n',
    table(phases),
    '\n## By surroundings\n',
    table(scenes),
    '\n## By fault in the plan\n',
    table(kinds),
    ...(bad.length === 0 ? [] : ['\n## Wrong\n', ...bad.map(told)]),
    `\n${line}`,
  ].join('\n')
}

function grouped(outcomes: readonly Outcome[], keysOf: (outcome: Outcome) => readonly string[]): Map<string, Outcome[]> {
  const groups = new Map<string, Outcome[]>()
  for (const outcome of outcomes) for (const key of keysOf(outcome)) groups.set(key, [...(groups.get(key) ?? []), outcome])
  return new Map([...groups].toSorted(([a], [b]) => a.localeCompare(b)))
}

function table(groups: ReadonlyMap<string, readonly Outcome[]>): string {
  const rows = [...groups].map(([name, all]) => {
    const left = all.filter((outcome) => outcome.left.length > 0).length
    const clean = all.filter(({ found }) => found.length === 0).length
    return `| ${name} | ${all.length} | ${clean} | ${all.length - clean - left} | ${left} |`
  })
  return [header, ...rows].join('\n')
}
