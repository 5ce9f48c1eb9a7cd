/** With SIGKILL; one that has ended since it was looked up (a connection of PostgreSQL that was just closed) is dead as well. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // of Node's own system calls
    }
}
