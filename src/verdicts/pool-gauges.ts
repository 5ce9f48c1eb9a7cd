/** A gauge of the requests that wait for a connection of a pool, by its name on a page of metrics. */
export function isPoolWaiting(name: string): boolean {
  return /pool/i.test(name) && /(waiting|pending|queue)/i.test(name) && !/_total(\{|$)|seconds|duration/i.test(name)
}

/** The gauge of the same pool that tells how many connections it has. */
export function poolSizeName(names: readonly string[], waiting: string): string | undefined {
  const pool = /^(.*?)_?(?:waiting|pending|queue)/i.exec(waiting)?.[1] ?? waiting
  return names.find((name) => name.startsWith(pool) && /max|limit|size/i.test(name.slice(pool.length)))
}
