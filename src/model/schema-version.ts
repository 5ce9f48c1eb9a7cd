/** Versions of what we write. Fields may be added; a renamed or removed field raises the version. */
export const resultSchema = 'proofload.result/1'
export const recordSchema = 'proofload.record/1'
export const workerProtocolVersion = 1
