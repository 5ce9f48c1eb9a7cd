/** HTTP/1.1 on raw sockets: the hot path of the generator. */
export { createHttpWorker } from './http-worker.ts'
export type { HttpWorker, HttpWorkerOptions } from './http-worker.ts'
export type { AnswerListener, HttpUser } from './http-user.ts'
