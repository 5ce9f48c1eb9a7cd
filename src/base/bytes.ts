const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

export const bytesExamples = "a size such as '64kB', '100MB' or '1GiB'"

/** Bytes of `'1GB'` (decimal), `'1GiB'` (binary) or of a number of bytes; undefined when it is not a size. */
export function readBytes(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const match = /^\s*(\d+(?:\.\d+)?)\s*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)\s*$/.exec(value)
  return match ? Number(match[1]) * (units[match[2] ?? ''] ?? 1) : undefined
}

/** Three significant digits in decimal units: `1.5 GB`. */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes)
  for (const unit of ['TB', 'GB', 'MB', 'kB'] as const) {
    const factor = units[unit] ?? 1
    if (size >= factor) return `${Number((bytes / factor).toPrecision(3))} ${unit}`
  }
  return `${Number(bytes.toFixed(0))} B`
}
