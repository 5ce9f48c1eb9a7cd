import type { LinkProtocol } from '../../model/link-fault.ts'
import type { Protocol } from './protocol.ts'
import { http } from './http/index.ts'
import { postgres } from './postgres/index.ts'
import { turns } from './turns.ts'

/** What the proxy understands of each kind of link. */
export const protocols: Readonly<Record<LinkProtocol, Protocol>> = { tcp: turns, http, postgres }
