import { setTimeout as sleep } from 'node:timers/promises'

/** Waits; aborted, it ends at once and throws nothing. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined)
}
