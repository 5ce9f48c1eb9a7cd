import { describeValue } from '../../base/check.ts'
import { ToolError } from '../../base/errors.ts'
import type { MessageEngine } from '../messages/index.ts'

/** Where a WebSocket leads: a path of the target, or a whole URL. Throws ToolError for one that cannot be used or a host that is not allowed. */
export function wsAddress(text: unknown, { base, hosts }: Pick<MessageEngine, 'base' | 'hosts'>): URL {
  if (typeof text !== 'string')
    throw new ToolError('PLAN_INVALID', `Expected ws.connect(…) to be given a path such as '/ws', got ${describeValue(text)}.`)
  const url = resolve(text, base)
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw new ToolError(
      'PLAN_INVALID',
      `Expected ws.connect(…) to be given a path, or a URL that begins with ws:// or wss://, got "${text}".`,
    )
  url.hash = ''
  hosts.check(url)
  return url
}

function resolve(text: string, base: URL | undefined): URL {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  if (!absolute && base === undefined) {
    throw new ToolError('PLAN_INVALID', `Expected a whole URL such as ws://127.0.0.1:8080/ws, got "${text}".`, {
      hint: 'A path alone needs `target.url` in the plan.',
    })
  }
  const before = base?.href.replace(/^http/, 'ws').replace(/\/+$/, '') ?? ''
  const whole = absolute ? text.replace(/^http(?=s?:)/i, 'ws') : `${before}${/^[/?]/.test(text) ? '' : '/'}${text}`
  try {
    return new URL(whole)
  } catch (cause) {
    throw new ToolError('PLAN_INVALID', `Expected a URL, got "${text}".`, { cause })
  }
}
