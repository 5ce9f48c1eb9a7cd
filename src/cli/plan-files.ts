import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ToolError } from '../base/errors.ts'
import { adHocPlanSource } from './ad-hoc-plan.ts'
import type { OptionReader } from './option-values.ts'

/** The plans that the arguments of `run` name: files, folders of plans, or a URL, for which one is written. Without arguments: those of this folder. */
export function planFiles(args: readonly string[], read: OptionReader, scratch: string): readonly string[] {
  const isUrl = (text: string): boolean => /^[a-z]+:\/\//i.test(text)
  const urls = args.filter(isUrl)
  if (urls.length === 0) {
    for (const option of ['users', 'arrivals', 'for'])
      if (read.text(option) !== undefined)
        throw new ToolError(
          'OPTION_INVALID',
          `--${option} goes with a URL, as in \`proofload run http://127.0.0.1:8080/ --${option} …\`.`,
          {
            hint: `To change a test of a plan, use --set tests.NAME.${option}=VALUE.`,
          },
        )
    if (args.length > 0) return args.flatMap((arg) => (isFolder(arg) ? plansOfFolder(arg) : [arg]))
    const found = plansIn('.')
    if (found.length === 0)
      throw new ToolError('PLAN_NOT_FOUND', 'Expected the path of a plan or a URL, and there is no *.plan.ts in this folder.', {
        hint: 'Write a first plan with `proofload init`, or try `proofload run http://127.0.0.1:8080/ --users 10 --for 10s`.',
      })
    return found
  }
  const [url] = urls
  if (args.length > 1 || url === undefined)
    throw new ToolError('OPTION_INVALID', `Expected one URL and nothing else, got \`${args.join(' ')}\`.`)
  const file = join(scratch, 'url.plan.ts')
  writeFileSync(file, adHocPlanSource({ url, users: read.text('users'), arrivals: read.text('arrivals'), for: read.text('for') }))
  return [file]
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function plansOfFolder(folder: string): readonly string[] {
  const found = plansIn(folder)
  if (found.length === 0)
    throw new ToolError('PLAN_NOT_FOUND', `Expected a folder with plans, and there is no *.plan.ts in \`${folder}\`.`, {
      hint: 'Folders below it are not looked into: name the one that has the plan, or the plan itself.',
    })
  return found
}

function plansIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.plan.ts'))
    .toSorted()
    .map((name) => join(folder, name))
}
