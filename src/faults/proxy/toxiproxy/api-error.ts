/** An answer that says no, in Toxiproxy's words. */
export class ApiError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export const notFound = (what: 'proxy' | 'toxic'): ApiError => new ApiError(404, `${what} not found`)
