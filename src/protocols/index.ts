export type { ExchangeObserver, ExchangeSample } from './protocol.ts'
