import type { Session } from './session.ts'

/** Looks at a running test as soon as there is something new in the record, and twice a second for what goes by time; and tells the observer. */
export function watchTest(test: string, session: Session, look: () => void): () => void {
  const lookNow = (): void => {
    if (!session.signal.aborted) look()
  }
  let next: NodeJS.Immediate | undefined
  // Not within the writing itself: what a look finds may end the load, and that writes as well.
  const stopListening = session.onWritten(() => {
    next ??= setImmediate(() => {
      next = undefined
      lookNow()
    })
  })
  const timer = setInterval(() => {
    lookNow()
    session.observer.onTick?.({ data: session.data, test, nowSec: session.clock.now() })
  }, 500)
  return () => {
    stopListening()
    clearImmediate(next)
    clearInterval(timer)
  }
}
