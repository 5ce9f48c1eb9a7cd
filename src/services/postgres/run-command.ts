import { spawn } from 'node:child_process'
import type { RunAs } from './user.ts'

export interface CommandOptions {
  readonly as: RunAs
  readonly input?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a short command and answers with what it wrote; throws with its output when it fails. */
export function runCommand(
  command: string,
  args: readonly string[],
  { as, input = '', cwd = '/', env = {} }: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...ids(as), cwd, env: { ...process.env, LC_ALL: 'C', ...env }, stdio: 'pipe' })
    let output = ''
    const collect = (chunk: Buffer): void => void (output += chunk.toString())
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal ?? 'nothing'}: ${output.trim()}`))
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/** Spawn options that change the user, where it is to be changed. */
export function ids({ uid, gid }: RunAs): { uid?: number; gid?: number } {
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
}
