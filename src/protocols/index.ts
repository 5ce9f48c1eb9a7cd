export { createHostRule } from './host-rule.ts'
export type { ExchangeObserver, ExchangeSample, ProtocolOwner, ProtocolUser, ProtocolWorker } from './protocol.ts'
