import pc from 'picocolors'
import { withDiskFull } from '../base/disk-full.ts'
import { ToolError } from '../base/errors.ts'

/** Prints what went wrong and what to do, and gives the exit status. Only a defect of ours shows a stack. */
export function printError(thrown: unknown): number {
  const error = withDiskFull(thrown)
  if (error instanceof ToolError) {
    process.stderr.write(`${pc.red('✗')} ${error.message}\n`)
    if (error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`)
    process.stderr.write(pc.dim(`  (${error.code})\n`))
    return error.exitCode
  }
  process.stderr.write(
    `${pc.red('✗')} This is a defect of proofload, not of your plan:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 70
}
