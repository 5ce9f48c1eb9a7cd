const numeric = /^\d+$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** `/orders/:id`: numbers and uuids in the path are folded, so that a million orders make one series. */
export function foldPath(path: string): string {
  return path
    .split('/')
    .map((segment) => (numeric.test(segment) || uuid.test(segment) ? ':id' : segment))
    .join('/')
}

/** `GET /orders/:id`. */
export function foldName(method: string, path: string): string {
  return `${method} ${foldPath(path)}`
}
