import { studentQuantile } from '../probability.ts'

export interface Estimate {
  readonly value: number
  /** 95 % interval. */
  readonly low: number
  readonly high: number
}

export interface Line {
  readonly slope: Estimate
  /** At x = 0. */
  readonly intercept: Estimate
}

/**
 * Least squares: y = a + b x. b = Sxy / Sxx, se(b) = s / √Sxx, se(a) = s √(1/n + x̄² / Sxx), with s² = Σ residual² / (n − 2) and Student's t of n − 2.
 * @param leastSd of the residuals: where the measurement itself is no better than that
 */
export function fitLine(points: readonly { readonly x: number; readonly y: number }[], leastSd = 0): Line | undefined {
  const n = points.length
  if (n < 3) return undefined
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n
  const sxx = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
  const sxy = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  if (sxx === 0) return undefined
  const slope = sxy / sxx
  const intercept = meanY - slope * meanX
  const squares = points.reduce((sum, { x, y }) => sum + (y - intercept - slope * x) ** 2, 0)
  const sd = Math.max(leastSd, Math.sqrt(squares / (n - 2)))
  const t = studentQuantile(0.975, n - 2)
  const around = (value: number, error: number): Estimate => ({ value, low: value - t * error, high: value + t * error })
  return {
    slope: around(slope, sd / Math.sqrt(sxx)),
    intercept: around(intercept, sd * Math.sqrt(1 / n + meanX ** 2 / sxx)),
  }
}
