import type { PreloadAction } from '../../model/process-fault.ts'

/** What proofload asks a preloaded process for, a JSON line each. */
export type PreloadRequest = { readonly request: number } & (
  | { readonly kind: 'begin'; readonly id: string; readonly action: PreloadAction; readonly lifeMs: number }
  | { readonly kind: 'end'; readonly id: string }
  | { readonly kind: 'look'; readonly id: string }
)

/** The first line that a process says. */
export interface PreloadHello {
  readonly pid: number
}

export interface PreloadAnswer {
  readonly request: number
  readonly active: boolean
  readonly evidence: string
}

/** Lines in what comes in pieces. */
export function lineReader(onLine: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onLine(line)
  }
}
