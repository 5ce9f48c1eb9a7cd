/** What a scenario sees of HTTP. */
export interface HttpContext {
  get(url: string, options?: RequestOptions): Promise<HttpResponse>
  head(url: string, options?: RequestOptions): Promise<HttpResponse>
  post(url: string, options?: RequestOptions): Promise<HttpResponse>
  put(url: string, options?: RequestOptions): Promise<HttpResponse>
  patch(url: string, options?: RequestOptions): Promise<HttpResponse>
  delete(url: string, options?: RequestOptions): Promise<HttpResponse>
  options(url: string, options?: RequestOptions): Promise<HttpResponse>
  request(method: string, url: string, options?: RequestOptions): Promise<HttpResponse>
  /** The user's cookies. */
  readonly cookies: CookieContext
}

export interface CookieContext {
  get(name: string, url?: string): string | undefined
  set(name: string, value: string, url?: string): void
  clear(): void
}

export interface RequestOptions {
  /** Name in reports; default `METHOD /path/:id`. */
  readonly name?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Added to the URL, encoded. */
  readonly query?: Readonly<Record<string, string | number | boolean>>
  /** At most one of `json`, `form`, `multipart`, `body`, `file`. */
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string | number | boolean>>
  readonly multipart?: Readonly<Record<string, string | MultipartFile>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** Path of a file that is streamed as the body. */
  readonly file?: string
  /** Statuses that count as success instead of everything below 400. */
  readonly expect?: readonly number[]
  /** The whole exchange, e.g. `'5s'`, or each part. */
  readonly timeout?: string | { readonly connect?: string; readonly firstByte?: string; readonly total?: string }
  /** Redirects to follow; 0: give the 3xx answer back. */
  readonly redirects?: number
  readonly signal?: AbortSignal
  /** Most bytes of the answer's body to keep; the rest is read and counted. */
  readonly keepBody?: number
}

export interface MultipartFile {
  readonly file?: string
  readonly content?: string | Uint8Array
  readonly filename?: string
  readonly type?: string
}

/** An answer, or the lack of one: a failed request does not throw. */
export interface HttpResponse {
  /** 0 when there was no answer. */
  readonly status: number
  /** True below 400 or when listed in `expect`. */
  readonly ok: boolean
  /** Why there was no usable answer, e.g. `timeout`, `refused`, `status`; absent when ok. */
  readonly failure?: string | undefined
  readonly failureMessage?: string | undefined
  /** Lower-case names; repeated headers are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly trailers: Readonly<Record<string, string>>
  /** Every value of a repeated header such as `set-cookie`. */
  headerValues(name: string): readonly string[]
  /** Address after redirects. */
  readonly url: string
  readonly redirects: number
  /** Decoded (gzip, deflate, br) on first use. Throws when there was no answer or the body was not kept whole. */
  readonly bytes: Uint8Array
  text(): string
  /** Throws with the request's name and the start of the body when it is not JSON. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the contract: `list.json<Row[]>()`; the caller says what the server answers
  json<T = unknown>(): T
  /** Milliseconds; a part that did not happen is 0. */
  readonly timings: ResponseTimings
}

export interface ResponseTimings {
  readonly queue: number
  readonly dns: number
  readonly connect: number
  readonly tls: number
  readonly firstByte: number
  readonly download: number
  readonly service: number
}
