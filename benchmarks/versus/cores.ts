import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { commandPath } from './commands.ts'

/** `any`: all cores. What is started without a role has ours, which is the target's. */
export type Role = 'target' | 'generator' | 'any'

const taskset = commandPath('taskset')

/** With two cores or more, the target has the first for itself and the generator the second; with one, they share it. */
export const separated = taskset !== undefined && availableParallelism() >= 2

const coreOf: Record<Role, string> = { target: '0', generator: '1', any: `0-${availableParallelism() - 1}` }

/** The command, on its role's cores, and no longer than we are there. */
export function pinned(role: Role, command: readonly string[]): readonly string[] {
  return bound(separated && taskset !== undefined ? [taskset, '-c', coreOf[role], ...command] : command)
}

const setpriv = commandPath('setpriv')

/** The command, which the kernel ends with SIGTERM when we end, however that is (PR_SET_PDEATHSIG). */
export function bound(command: readonly string[]): readonly string[] {
  return setpriv === undefined ? command : [setpriv, '--pdeathsig', 'TERM', ...command]
}

/** This process polls and reads /proc: not on the generator's core. */
export function pinSelf(): void {
  if (separated && taskset !== undefined) spawnSync(taskset, ['-a', '-c', '-p', coreOf.target, String(process.pid)])
}
