import { isFree } from './free-port.ts'
import type { ReferenceOutcome } from './reference-plan.ts'
import { runReferencePlan } from './reference-plan.ts'
import type { TestBench } from './test-bench.ts'

export interface ChatOrder {
  readonly tests: readonly string[]
  readonly seed: number
  /** '': the correct server. */
  readonly defect: string
  /** Of requests; lines come in at the one after it. */
  readonly port: number
  readonly out: string
  /** Laid over the plan. */
  readonly config?: string
  readonly timeoutMs: number
}

/** Tests of the chat server's plan, on its real server and PostgreSQL. */
export function runChatPlan(bench: TestBench, { defect, port, config, ...order }: ChatOrder): Promise<ReferenceOutcome> {
  return runReferencePlan(bench, {
    ...order,
    plan: 'systems/chat/chat.plan.ts',
    args: config === undefined ? [] : ['--config', config],
    env: { CHAT_PORT: String(port), CHAT_DEFECTS: defect },
  })
}

/** Whether lines could come in beside requests. */
export const isFreeWithNext = async (port: number): Promise<boolean> => (await isFree(port)) && (await isFree(port + 1))
