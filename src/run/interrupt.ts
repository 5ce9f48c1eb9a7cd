/** Ctrl-C once: end gracefully, judge, report. Twice: end now, still cleaned up. */
export interface InterruptListener {
  /** How often the user has asked. */
  readonly count: number
  dispose(): void
}

export function listenForInterrupt(onInterrupt: (count: number) => void): InterruptListener {
  let count = 0
  const handler = (): void => {
    count += 1
    onInterrupt(count)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, handler)
  return {
    get count() {
      return count
    },
    dispose() {
      for (const signal of signals) process.off(signal, handler)
    },
  }
}
