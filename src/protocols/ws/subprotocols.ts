import { describeValue } from '../../base/check.ts'
import { ToolError } from '../../base/errors.ts'

/** RFC 6455 section 4.1: tokens, none twice. Throws ToolError. */
export function checkSubprotocols(list: unknown): void {
  if (list === undefined) return
  if (!Array.isArray(list))
    throw new ToolError(
      'PLAN_INVALID',
      `Expected \`subprotocols\` of ws.connect to be a list such as ['chat'], got ${describeValue(list)}.`,
    )
  const seen = new Set<unknown>()
  for (const name of list as readonly unknown[]) {
    if (typeof name !== 'string' || !/^[!#$%&'*+\-.0-9A-Z^_`|a-z~]+$/.test(name) || seen.has(name))
      throw new ToolError(
        'PLAN_INVALID',
        `Expected each of \`subprotocols\` of ws.connect to be a word, and none twice, got ${describeValue(name)}.`,
      )
    seen.add(name)
  }
}
