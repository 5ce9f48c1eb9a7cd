/** How numbers are written for people. A value that is not known is "–". */
export const unknown = '–'

type Value = number | null | undefined

/** Three significant digits, and whole from 100 on. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return unknown
  const size = Math.abs(value)
  if (size >= 100 || value === 0) return grouped(Math.round(value))
  const decimals = size >= 10 ? 1 : size >= 0.095 ? 2 : 3
  return value.toFixed(decimals)
}

export function ms(value: Value): string {
  if (value === null || value === undefined) return unknown
  if (value >= 10_000) return `${digits(value / 1000)} s`
  return `${digits(value)} ms`
}

export function count(value: Value): string {
  return value === null || value === undefined ? unknown : grouped(Math.round(value))
}

export function perSec(value: Value): string {
  return value === null || value === undefined ? unknown : `${digits(value)}/s`
}

/** 0.0012 → `0.12 %`; what is not zero never reads as zero. */
export function percent(value: Value): string {
  if (value === null || value === undefined) return unknown
  if (value === 0) return '0 %'
  const hundredths = value * 100
  if (hundredths > 0 && hundredths < 0.01) return '< 0.01 %'
  return `${hundredths >= 99.995 || hundredths >= 10 ? Number(hundredths.toFixed(1)) : Number(hundredths.toFixed(2))} %`
}

export function bytes(value: Value): string {
  if (value === null || value === undefined) return unknown
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)))
  return `${step === 0 ? Math.round(value).toString() : digits(value / 1000 ** step)} ${units[step] ?? 'B'}`
}

/** A value in one of the record's units. */
export function inUnit(value: Value, unit: string): string {
  if (value === null || value === undefined) return unknown
  switch (unit) {
    case 'ms':
      return ms(value)
    case 'ratio':
      return percent(value)
    case 'bytes':
      return bytes(value)
    case 'bytesPerSec':
      return `${bytes(value)}/s`
    case 'perSec':
      return perSec(value)
    case 'sec':
      return `${digits(value)} s`
    case 'count':
    case '':
      return Number.isInteger(value) ? count(value) : digits(value)
    default:
      return `${digits(value)} ${unit}`
  }
}

/** 95 → `1:35`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** 95 → `1 min 35 s`, 12,000 → `3 h 20 min`, 200,000 → `2.31 days`. */
export function duration(seconds: number): string {
  if (seconds >= 172_800) return `${digits(seconds / 86_400)} days`
  if (seconds >= 7200) {
    const whole = Math.round(seconds / 60)
    return whole % 60 === 0 ? `${whole / 60} h` : `${Math.floor(whole / 60)} h ${whole % 60} min`
  }
  if (seconds < 60) return `${Number(digits(Math.round(seconds * 10) / 10))} s`
  const minutes = Math.floor(seconds / 60)
  const rest = Math.round(seconds % 60)
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}

function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
