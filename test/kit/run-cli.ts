import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The program as users start it. */
export const cliPath = fileURLToPath(new URL('../../bin/proofload.js', import.meta.url))

export interface CliOptions {
  readonly cwd: string
  /** Added to the environment of the tests; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The process is killed after this and the result says so; default 60 s. */
  readonly timeoutMs?: number
  /** Told everything that was printed until now, whenever something is printed. */
  readonly onOutput?: (soFar: string, run: RunningCli) => void
  /** Put before the command, e.g. `['prlimit', '--fsize=65536']`. */
  readonly prefix?: readonly string[]
}

export interface RunningCli {
  readonly pid: number
  /** To the process itself, as `kill PID` would. */
  signal(signal: NodeJS.Signals): void
}

export interface CliResult {
  /** Null when a signal ended it. */
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Both, in the order of arrival. */
  readonly output: string
  readonly timedOut: boolean
  readonly seconds: number
}

/** Runs `proofload ARGS` in a process group of its own, which is gone when this returns. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const { cwd, env = {}, timeoutMs = 60_000, onOutput, prefix = [] } = options
  const [command = '', ...rest] = [...prefix, process.execPath, cliPath, ...args]
  const startedMs = performance.now()
  const child = spawn(command, rest, { cwd, env: cleanEnv(env), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const { pid = 0 } = child
  const running: RunningCli = { pid, signal: (signal) => void child.kill(signal) }
  let output = ''
  let stdout = ''
  let stderr = ''
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    killGroup(pid)
  }, timeoutMs)
  const heard = (text: string): void => {
    output += text
    onOutput?.(output, running)
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    heard(text)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    heard(text)
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('exit', (status, signal) => {
      clearTimeout(timer)
      killGroup(pid)
      // A pipe that a stray child still holds must not hold up the test.
      setImmediate(() => {
        const seconds = (performance.now() - startedMs) / 1000
        resolve({ status, signal, stdout, stderr, output, timedOut, seconds })
      })
    })
  })
}

/** Without what a CI system or a terminal adds to what is printed. */
export function cleanEnv(own: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const taken = ['CI', 'GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY', 'NODE_OPTIONS', 'NODE_ENV', 'VITEST', 'FORCE_COLOR']
  const rest = Object.entries(process.env).filter(([name]) => !taken.includes(name))
  return { ...Object.fromEntries(rest), NO_COLOR: '1', ...own }
}

function killGroup(pid: number): void {
  if (pid === 0) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The whole group is gone already.
  }
}
