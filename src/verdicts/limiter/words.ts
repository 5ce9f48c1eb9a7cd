import { formatValue } from '../format-value.ts'

export function number(value: number): string {
  return String(Math.abs(value - Math.round(value)) < 0.05 || value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
}

export function seconds(sec: number): string {
  return formatValue(sec * 1000, 'ms')
}

export function perSec(value: number): string {
  return formatValue(value, 'perSec')
}

export function requests(count: number): string {
  return count === 1 ? 'one request' : `${String(count)} requests`
}

export function percent(share: number): string {
  return formatValue(share, 'ratio')
}
