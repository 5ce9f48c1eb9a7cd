import type { FailureKind } from '../../model/sample.ts'
import { answeredWithoutStatus } from '../protocol.ts'
import type { MessageEngine } from './message-engine.ts'

/** One timed thing of a connection, from its call to its end. */
export interface Timing {
  readonly name: string
  readonly intendedMs: number
  readonly sentMs: number
  readonly endMs: number
  readonly bytesIn?: number
  readonly bytesOut?: number
  readonly status?: number | undefined
  readonly failure?: FailureKind | undefined
  readonly failureMessage?: string
  readonly retryAfter?: boolean
  readonly dnsMs?: number
  readonly connectMs?: number
  readonly tlsMs?: number
  readonly firstByteMs?: number
}

/** Reports the end of something whose start was reported. // hot */
export function report({ sample, observer }: MessageEngine, timing: Timing): void {
  sample.name = timing.name
  sample.intendedMs = timing.intendedMs
  sample.sentMs = timing.sentMs
  sample.endMs = timing.endMs
  sample.bytesIn = timing.bytesIn ?? 0
  sample.bytesOut = timing.bytesOut ?? 0
  sample.status = timing.status ?? (timing.failure === undefined ? answeredWithoutStatus : 0)
  sample.failure = timing.failure
  sample.failureMessage = timing.failureMessage ?? ''
  sample.retryAfter = timing.retryAfter ?? false
  sample.queueMs = 0
  sample.dnsMs = timing.dnsMs ?? 0
  sample.connectMs = timing.connectMs ?? 0
  sample.tlsMs = timing.tlsMs ?? 0
  sample.firstByteMs = timing.firstByteMs ?? 0
  sample.downloadMs = 0
  observer.ended(sample)
}
