import { readdirSync, readFileSync } from 'node:fs'

/** Of a thread, as Linux numbers policies: 0 is ordinary, 2 is SCHED_RR. */
export interface Scheduling {
  readonly policy: number
  readonly priority: number
}

/** From the text of a `/proc/…/stat` (proc(5): fields 40 and 41). */
export function schedulingIn(stat: string): Scheduling {
  // The name, in brackets, may hold spaces; the state after it is field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { priority: Number(fields[40 - 3]), policy: Number(fields[41 - 3]) }
}

/** Of each thread of a process that lives. */
export function schedulingOf(pid: number): readonly Scheduling[] {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).flatMap((id) => {
    try {
      return [schedulingIn(readFileSync(`${tasks}/${id}/stat`, 'utf8'))]
    } catch {
      return [] // it has ended meanwhile
    }
  })
}
