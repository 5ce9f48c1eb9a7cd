import type { AttackAction, AttackTarget } from '../model/attack-spec.ts'
import type { Pattern } from './pattern.ts'
import { connectionFlood, endlessBody, idleHoarding, slowBody, slowHeaders, slowRead } from './patterns/held.ts'
import { headerFlood, httpFlood, hugeBody, malformedHttp } from './patterns/http.ts'
import { logIn, userEnumeration } from './patterns/log-in.ts'
import { malformedFrames, messageFlood, reconnectStorm } from './patterns/messages.ts'

const holding = { connectionFlood, idleHoarding, slowHeaders, slowBody, slowRead, endlessBody } as const

/** What an attack does, by its kind. */
export function patternOf(action: AttackAction, { host, port }: AttackTarget): Pattern {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  switch (action.kind) {
    case 'bruteForce':
    case 'passwordSpraying':
    case 'credentialStuffing':
      return logIn(action, authority)
    case 'userEnumeration':
      return userEnumeration(action, authority)
    case 'connectionFlood':
    case 'idleHoarding':
    case 'slowHeaders':
    case 'slowBody':
    case 'slowRead':
    case 'endlessBody':
      return holding[action.kind](action, authority)
    case 'httpFlood':
      return httpFlood(action, authority)
    case 'headerFlood':
      return headerFlood(action, authority)
    case 'hugeBody':
      return hugeBody(action, authority)
    case 'malformedHttp':
      return malformedHttp(action, authority)
    case 'malformedFrames':
      return malformedFrames(action, authority)
    case 'messageFlood':
    case 'joinFlood':
    case 'pingFlood':
      return messageFlood(action, authority)
    case 'reconnectStorm':
      return reconnectStorm(action, authority)
  }
}
