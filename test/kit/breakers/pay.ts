import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: true })

/** An answer that is no success. */
export class PaymentError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the payment service answered ${String(status)}`)
    this.status = status
  }
}

/** Calls the payment service once; without a `timeoutMs` it waits as long as it takes. @throws PaymentError, and whatever the connection ends with */
export function pay(timeoutMs?: number): Promise<string> {
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
  return new Promise((resolve, reject) => {
    const call = request(
      new URL('/pay', process.env['PAYMENTS_URL']),
      { method: 'POST', agent, ...(signal === undefined ? {} : { signal }) },
      (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.on('error', reject)
        answer.on('end', () => {
          const { statusCode = 0 } = answer
          if (statusCode < 400) resolve(text)
          else reject(new PaymentError(statusCode))
        })
      },
    )
    call.on('error', reject)
    call.end()
  })
}

export function isClientError(error: unknown): boolean {
  return error instanceof PaymentError && error.status < 500
}
