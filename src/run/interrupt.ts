/** Ctrl-C once: end gracefully, judge, report. Twice: end now, still cleaned up. */
export interface InterruptListener {
  /** Only reports are still to be written: the first Ctrl-C from here on waits for them, as the second of two in a row does; the next one ends the program. */
  recordClosed(): void
  dispose(): void
}

export function listenForInterrupt(onInterrupt: (count: number) => void): InterruptListener {
  let count = 0
  let late: number | undefined
  const handler = (signal: NodeJS.Signals): void => {
    if (late === undefined) {
      count += 1
      onInterrupt(count)
      return
    }
    late += 1
    if (late === 1) return
    dispose()
    process.kill(process.pid, signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const dispose = (): void => {
    for (const signal of signals) process.off(signal, handler)
  }
  for (const signal of signals) process.on(signal, handler)
  return { recordClosed: () => (late ??= 0), dispose }
}
