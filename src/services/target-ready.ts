import { ToolError } from '../base/errors.ts'
import { pause } from '../base/pause.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import { lastLinesOf } from './output-file.ts'
import { addressOf, askOnce, connectOnce } from './ready.ts'
import type { Called, TargetExit, TargetOptions } from './running-target.ts'
import { theTarget } from './running-target.ts'

type ReadyOptions = Pick<TargetOptions, 'called' | 'outFile' | 'secrets' | 'signal'>

/** Answers when the target is ready, throws when it ended before, was not in time, or is not wanted any more. */
export async function waitUntilReady(spec: TargetSpec, options: ReadyOptions, exited: Promise<TargetExit>): Promise<void> {
  const ended = new AbortController()
  const signal = AbortSignal.any([ended.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const died = exited.then((exit) => {
    throw diedEarly(spec, exit, options.called ?? theTarget)
  })
  try {
    await Promise.race([died, poll(spec, options, signal)])
  } finally {
    ended.abort()
    died.catch(() => undefined)
  }
}

function diedEarly(spec: TargetSpec, { code, signal, lastLines }: TargetExit, called: Called): ToolError {
  const how = signal === null ? `with status ${code ?? 'unknown'}` : `by ${signal}`
  const last = lastLines.length === 0 ? ' It wrote nothing.' : ` Its last lines:\n${lastLines.join('\n')}`
  return new ToolError(
    called.code,
    `The ${called.title} \`${(spec.start ?? []).join(' ')}\` ended ${how} before it was ready.${last}`,
    { where: `${called.path}.start` },
  )
}

async function poll(spec: TargetSpec, options: ReadyOptions, signal: AbortSignal): Promise<void> {
  const ask = readiness(spec)
  if (ask === undefined) return
  const deadline = performance.now() + spec.readyTimeoutSec * 1000
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const answer = await ask.once(signal)
    if (answer === '') return
    if (options.signal?.aborted === true)
      throw new ToolError('INTERRUPTED', `Interrupted while waiting for the ${(options.called ?? theTarget).title} to be ready.`)
    if (signal.aborted) return
    if (performance.now() >= deadline) throw notReady(spec, ask.text, answer, options)
    await pause(pauseMs, signal)
  }
}

/** What tells that the target is ready: its `ready` page, else an open port, else nothing. */
function readiness({ url, ready }: TargetSpec): { text: string; once: (signal: AbortSignal) => Promise<string> } | undefined {
  if (ready !== undefined) {
    const page = new URL(ready, url)
    return { text: `an answer below 400 from ${page.href}`, once: (signal) => askOnce(page, signal) }
  }
  if (url === undefined) return undefined
  const { host, port } = addressOf(url)
  return { text: `a connection to ${host}:${port}`, once: () => connectOnce({ host, port }) }
}

function notReady(spec: TargetSpec, expected: string, got: string, options: ReadyOptions): ToolError {
  const { called = theTarget, outFile, secrets } = options
  const lastLines = lastLinesOf(outFile, secrets)
  const last = lastLines.length === 0 ? '' : ` Its last lines:\n${lastLines.join('\n')}`
  return new ToolError(called.code, `Expected ${expected} within ${spec.readyTimeoutSec} s, got: ${got}.${last}`, {
    where: `${called.path}.${spec.ready === undefined ? 'url' : 'ready'}`,
    hint: 'If the target needs longer, raise `readyTimeout`.',
  })
}
