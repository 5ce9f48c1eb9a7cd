import { expect, test } from 'vitest'
import published from '../../../test/data/usl.json' with { type: 'json' }
import { fitUsl, leastSquares } from './usl.ts'

function points(name: string) {
  const set = published.sets.find((one) => one.name === name)
  if (!set) throw new Error(`No published set ${name}`)
  return set.N.map((n, i) => ({ n, x: set.X[i] ?? Number.NaN }))
}

test('reproduces the published fit of SPEC SDM91 with its errors, peak and roof', () => {
  const fit = leastSquares(points('specsdm91'))
  expect(fit.alpha.value).toBeCloseTo(0.0277285, 7)
  expect(fit.beta.value).toBeCloseTo(0.0001044, 7)
  expect(fit.gamma.value).toBeCloseTo(89.995233, 3)
  expect(fit.alpha.se).toBeCloseTo(0.0091217, 6)
  expect(fit.beta.se).toBeCloseTo(1.99e-5, 7)
  expect(fit.gamma.se).toBeCloseTo(14.2134894, 3)
  expect(fit.residualSd).toBeCloseTo(82.8, 1)
  // R's own test asks for 1e-4 of the value.
  expect((fit.peakLoad ?? 0) / 96.51956).toBeCloseTo(1, 4)
  expect((fit.roof ?? 0) / 3245.589).toBeCloseTo(1, 4)
  expect((fit.optimalLoad ?? 0) / 36.06401).toBeCloseTo(1, 4)
  expect(fit.peakThroughput).toBeCloseTo(1884, -1)
})

test('holds coherency at its bound for the ray tracer and predicts no peak', () => {
  const fit = leastSquares(points('raytracer'))
  expect(fit.beta).toEqual({ value: 0, se: null, interval: null })
  expect(fit.alpha.value).toBeCloseTo(0.0577707801, 6)
  expect(fit.gamma.value).toBeCloseTo(21.8488427, 4)
  expect(fit.peakLoad).toBeNull()
  expect(fit.roof).toBeCloseTo(378.198852, 2)
})

test('gives intervals with n − 3 degrees of freedom', () => {
  const fit = leastSquares(points('raytracer_first6'))
  expect(fit.alpha.interval?.[0]).toBeCloseTo(-0.00226, 4)
  expect(fit.alpha.interval?.[1]).toBeCloseTo(0.05115, 4)
  expect(fit.beta.interval?.[0]).toBeCloseTo(0.00079, 4)
  expect(fit.gamma.interval?.[1]).toBeCloseTo(23.36542, 3)
})

test('finds the parameters that made a synthetic set', () => {
  const fit = leastSquares(points('synthetic_0.02'))
  expect([fit.alpha.value, fit.beta.value, fit.gamma.value].map((value) => Number(value.toFixed(3)))).toEqual([0.02, 0.02, 1])
})

test('refuses five loads, and repeats of five', () => {
  const five = points('raytracer_first5')
  expect(leastSquares(five).gamma.value).toBeCloseTo(21.059, 2)
  expect(fitUsl(five)).toMatchObject({ kind: 'refused' })
  expect(fitUsl([...five, ...five])).toMatchObject({ kind: 'refused' })
})
