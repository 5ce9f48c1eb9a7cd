import { readProcessTable, readStat, withDescendants } from '../../base/process-table.ts'

/** A process for ever: a pid alone is used again. */
export interface Member {
  readonly pid: number
  readonly startTicks: number
}

/** The processes and their descendants that live, parents before their children. */
export function membersOf(roots: Iterable<number>): Member[] {
  const table = readProcessTable().filter(({ state }) => state !== 'Z' && state !== 'X')
  const tree = withDescendants(roots, table)
  const parents = new Map(table.map(({ pid, parent }) => [pid, parent]))
  const depth = (pid: number): number => {
    const parent = parents.get(pid)
    return parent === undefined || !tree.has(parent) ? 0 : 1 + depth(parent)
  }
  return table
    .filter(({ pid }) => tree.has(pid))
    .map(({ pid, startTicks }) => ({ pid, startTicks, depth: depth(pid) }))
    .sort((a, b) => a.depth - b.depth)
    .map(({ pid, startTicks }) => ({ pid, startTicks }))
}

/** Its state in `/proc/PID/stat`; undefined when it has ended. */
export function stateOf({ pid, startTicks }: Member): string | undefined {
  const stat = readStat(pid)
  return stat === undefined || stat.startTicks !== startTicks || stat.state === 'Z' || stat.state === 'X' ? undefined : stat.state
}

/** Never to a process that only has the same pid. */
export function signal(member: Member, name: NodeJS.Signals): boolean {
  if (stateOf(member) === undefined) return false
  try {
    return process.kill(member.pid, name)
  } catch {
    return false
  }
}

/** SIGSTOP, parents first, until nobody is left who could start another: a parent that sees its child stop may act on it. */
export function freeze(roots: readonly number[]): Member[] {
  const stopped = new Map<number, Member>()
  for (;;) {
    const fresh = membersOf([...roots, ...stopped.keys()]).filter(({ pid }) => !stopped.has(pid))
    if (fresh.length === 0) return [...stopped.values()]
    for (const member of fresh) {
      if (member.pid === process.pid) throw new Error('proofload itself is among the processes to be stopped')
      stopped.set(member.pid, member)
      signal(member, 'SIGSTOP')
    }
  }
}

/** SIGCONT, children first. */
export function thaw(members: readonly Member[]): void {
  for (const member of members.toReversed()) signal(member, 'SIGCONT')
}

export function pidsOf(members: readonly { readonly pid: number }[]): string {
  const pids = members.map(({ pid }) => pid)
  const few = pids.slice(0, 5).join(', ')
  const rest = pids.length > 5 ? ` and ${pids.length - 5} more` : ''
  return `${pids.length === 1 ? 'process' : 'processes'} ${few}${rest}`
}
