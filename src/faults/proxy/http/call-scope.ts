import type { ToxicSpec } from '../../../model/link-fault.ts'
import type { RequestHead } from './message-head.ts'

type Matcher = (request: RequestHead) => boolean

const matchers = new WeakMap<ToxicSpec, Matcher>()

/** Whether a request is one that the toxic is meant for: `POST /orders`, `/files/*`; `*` stands for any characters. */
export function isMeant(spec: ToxicSpec, request: RequestHead): boolean {
  let matcher = matchers.get(spec)
  if (matcher === undefined) {
    matcher = matcherOf(spec.scope?.where)
    matchers.set(spec, matcher)
  }
  return matcher(request)
}

function matcherOf(where: string | undefined): Matcher {
  if (where === undefined) return () => true
  const [, method, path = ''] = /^(?:([A-Za-z]+)\s+)?(.*)$/s.exec(where.trim()) ?? []
  const wanted = method?.toUpperCase()
  const pattern = new RegExp(`^${path.split('*').map(escape).join('.*')}$`, 's')
  return (request) => (wanted === undefined || wanted === request.method) && pattern.test(request.path)
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
