/** What is due next comes out first: a binary heap over virtual time. */
export class EventQueue<T> {
  readonly #heap: { readonly at: number; readonly what: T }[] = []

  add(at: number, what: T): void {
    const heap = this.#heap
    let i = heap.length
    heap.push({ at, what })
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent]
      if (above === undefined || above.at <= at) break
      heap[i] = above
      i = parent
    }
    heap[i] = { at, what }
  }

  nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  take(): { readonly at: number; readonly what: T } | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let i = 0
    for (;;) {
      const [left, right] = [heap[2 * i + 1], heap[2 * i + 2]]
      const rightFirst = right !== undefined && (left === undefined || right.at < left.at)
      const child = rightFirst ? right : left
      if (child === undefined || child.at >= last.at) break
      heap[i] = child
      i = 2 * i + (rightFirst ? 2 : 1)
    }
    heap[i] = last
    return first
  }
}
