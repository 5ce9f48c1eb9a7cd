export { Link } from './link.ts'
export { isLinkFault, linkFault } from './link-fault.ts'
export type { Proxy } from './start-proxy.ts'
export { startProxy } from './start-proxy.ts'
