/** Messages over plain TCP or TLS, by line, by length or by a function of the plan. */
export { createTcpWorker } from './tcp-worker.ts'
export type { TcpUser, TcpWorker } from './tcp-worker.ts'
