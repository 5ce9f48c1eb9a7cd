import type { CookieContext, HttpContext, HttpResponse, RequestOptions } from '../model/http-context.ts'
import type { AnswerListener, HttpUser } from '../protocols/http1/index.ts'
import { UserGone } from './user-gone.ts'
import type { VirtualUser } from './virtual-user.ts'

/** A user's way to the protocol: notes what failed, whose turn it is when an answer is in, and that a user who was taken away asks for nothing more. */
export class UserHttp implements HttpContext, AnswerListener {
  readonly #user: VirtualUser
  readonly #inner: HttpUser

  constructor(user: VirtualUser, inner: HttpUser) {
    this.#user = user
    this.#inner = inner
    inner.listener = this
  }

  // hot
  answered(response: HttpResponse): void {
    const user = this.#user
    user.world.attribution.user = user
    if (!response.ok) user.failures++
  }

  get cookies(): CookieContext {
    return this.#inner.cookies
  }

  get(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('GET', url, options)
  }
  head(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('HEAD', url, options)
  }
  post(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('POST', url, options)
  }
  put(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('PUT', url, options)
  }
  patch(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('PATCH', url, options)
  }
  delete(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('DELETE', url, options)
  }
  options(url: string, options?: RequestOptions): Promise<HttpResponse> {
    return this.request('OPTIONS', url, options)
  }

  // hot
  request(method: string, url: string, options?: RequestOptions): Promise<HttpResponse> {
    const user = this.#user
    if (user.gone) return Promise.reject(new UserGone())
    // Makes a failing example carry the user that asked.
    user.world.attribution.user = user
    user.httpBegins()
    return this.#inner.request(method, url, options)
  }
}
