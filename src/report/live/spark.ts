const steps = '▁▂▃▄▅▆▇█'

/** A graph of one line, from zero to its largest value; what is not known is a gap. More values than width: the largest of each bin. */
export function spark(values: readonly (number | null)[], width: number): string {
  if (width <= 0 || values.length === 0) return ''
  const size = Math.max(1, Math.ceil(values.length / width))
  const bins: (number | null)[] = []
  // Binned from the end, so that a column does not change its content while the graph moves on.
  for (let end = values.length; end > 0; end -= size) {
    const known = values.slice(Math.max(0, end - size), end).flatMap((value) => (value === null ? [] : [value]))
    bins.unshift(known.length === 0 ? null : Math.max(...known))
  }
  const most = Math.max(...bins.map((value) => value ?? 0))
  return bins
    .slice(-width)
    .map((value) => (value === null ? ' ' : (steps[most <= 0 ? 0 : Math.min(7, Math.floor((value / most) * 8))] ?? ' ')))
    .join('')
}

/** A bar with eighths of a column. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
  const full = Math.floor(eighths / 8)
  const part = ' ▏▎▍▌▋▊▉'[eighths % 8] ?? ' '
  return full >= width ? '█'.repeat(width) : `${'█'.repeat(full)}${part}`.padEnd(width, ' ')
}
