import { parseArgs } from 'node:util'
import { keepCoresAwake } from '../../src/base/idle-cores.ts'
import { pinSelf, separated } from './cores.ts'
import { measureExtremes } from './extremes.ts'
import { measureProtocols } from './protocols.ts'
import { measureIdleProxy } from './idle-proxy.ts'
import { installTools } from './install.ts'
import { describeMachine } from './machine.ts'
import { chaptersOf, createReport, reportJson, writeResults } from './report.ts'
import type { Report } from './report.ts'
import { compareTools } from './rounds.ts'
import { plainTable } from './table.ts'
import { startTarget } from './target.ts'
import { writeReadme } from './write-readme.ts'

/** `npm run bench`: proofload beside other load tools on this machine. benchmarks/README.md says what is measured and how. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    users: { type: 'string', default: '50' },
    tools: { type: 'string', default: '' },
    extremes: { type: 'boolean', default: true },
    proxy: { type: 'boolean', default: true },
    protocols: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
  allowNegative: true,
})

const say = (line: string): void => console.error(line)
const only = values.tools.split(',').filter((name) => name !== '')
const [rounds, seconds, users] = [Number(values.rounds), Number(values.seconds), Number(values.users)]

installTools(
  ['autocannon', 'artillery'].filter((name) => only.length === 0 || only.includes(name)),
  say,
)
pinSelf()
// For every tool alike: proofload would do it for its own rounds alone.
const cores = keepCoresAwake()
const target = await startTarget()
try {
  const at = new Date().toISOString()
  const machine = describeMachine()
  say(`${target.name} on ${machine}; ${users} users, ${rounds} rounds of ${seconds} s`)
  const results = await compareTools(target, { rounds, seconds, users, only, say })
  if (values.extremes) say('10,000 users, then 5,000 arrivals a second …')
  const measured = {
    requests: results.length === 0 ? undefined : { target: target.name, users, results },
    extremes: values.extremes ? await measureExtremes(target) : undefined,
    idleProxy: values.proxy ? await measureIdleProxy({ rounds, seconds, users, say }) : undefined,
    protocols: values.protocols ? await measureProtocols({ rounds, seconds, only, say }) : undefined,
  }
  const report = createReport(measured, { at, machine, pinned: separated, rounds, seconds })
  console.log(values.json ? reportJson(report) : plainReport(report))
  if (values.write) {
    writeReadme(writeResults(report))
    say('wrote results.json and the results in README.md beside it')
  }
} finally {
  await target.stop()
  cores.release()
}

function plainReport(report: Report): string {
  const chapters = chaptersOf(report).map(({ title, tables }) =>
    [title, ...tables.flatMap(({ about, rows }) => [...(about === undefined ? [] : [about]), plainTable(rows)])].join('\n\n'),
  )
  return `\n${chapters.join('\n\n')}`
}
