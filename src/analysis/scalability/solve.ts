/** Solves A·x = b for a small matrix by elimination with partial pivoting; null when it is singular. */
export function solve(a: readonly (readonly number[])[], b: readonly number[]): readonly number[] | null {
  const rows = a.map((row, i) => [...row, b[i] ?? 0])
  const n = rows.length
  for (let column = 0; column < n; column++) {
    const order = rows.slice(column).toSorted((p, q) => Math.abs(q[column] ?? 0) - Math.abs(p[column] ?? 0))
    rows.splice(column, n - column, ...order)
    const pivot = rows[column]
    const head = pivot?.[column] ?? 0
    if (!pivot || head === 0 || !Number.isFinite(head)) return null
    for (const [r, row] of rows.entries()) {
      if (r === column) continue
      const factor = (row[column] ?? 0) / head
      for (let c = column; c <= n; c++) row[c] = (row[c] ?? 0) - factor * (pivot[c] ?? 0)
    }
  }
  return rows.map((row, i) => (row[n] ?? 0) / (row[i] ?? 1))
}
