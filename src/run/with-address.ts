/** The same URL (user, password, path and query with it) at another address. */
export function withAddress(text: string, { host, port }: { readonly host: string; readonly port: number }): string {
  const url = new URL(text)
  url.hostname = host.includes(':') ? `[${host}]` : host
  url.port = String(port)
  // A URL writes a path of its own where there was none.
  return text.endsWith('/') ? url.href : url.href.replace(/\/$/, '')
}
