import type { Session } from './session.ts'

/** Looks at a running test twice a second, and tells the observer. */
export function watchTest(test: string, session: Session, look: () => void): () => void {
  const timer = setInterval(() => {
    if (!session.signal.aborted) look()
    session.observer.onTick?.({ data: session.data, test, nowSec: session.clock.now() })
  }, 500)
  return () => clearInterval(timer)
}
