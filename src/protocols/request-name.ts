const numeric = /^\d+$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** `GET /orders/:id`, `ws connect /rooms/:id`: numbers and uuids in the path are folded, so that a million orders make one series. */
export function foldName(method: string, path: string): string {
  const segments = path.split('/').map((segment) => (numeric.test(segment) || uuid.test(segment) ? ':id' : segment))
  return `${method} ${segments.join('/')}`
}
