/** WebSocket by the `ws` library, which is loaded when the first connection is opened. */
export { createWsWorker } from './ws-worker.ts'
export type { WsUser, WsWorker } from './ws-worker.ts'
