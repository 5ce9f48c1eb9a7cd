import type { TestData } from '../../analysis/index.ts'
import { enoughSamples } from '../../analysis/index.ts'
import type { PagePercentiles } from './page-data.ts'
import { rounded } from './rounded.ts'

const pointsPerDecade = 40
const mostDecades = 6

/** The latency distribution over the judged time, on an axis that gives each further nine the same width; it ends where the samples do. */
export function percentileCurve(test: TestData): PagePercentiles {
  const { response, service } = test.total('request', { range: test.judged })
  const x: number[] = []
  for (let step = 0; step <= pointsPerDecade * mostDecades; step++) {
    const decades = step / pointsPerDecade
    if (!enoughSamples(quantileAt(decades), response.count)) break
    x.push(Number(decades.toFixed(3)))
  }
  const line = (of: typeof response) =>
    x.map((decades) => {
      const micros = of.quantile(quantileAt(decades))
      return micros === null ? null : rounded(micros / 1000)
    })
  return { x, responseMs: line(response), serviceMs: line(service), samples: response.count }
}

/** The first point is the median of nothing less than p1: a quantile of 0 has no meaning. */
function quantileAt(decades: number): number {
  return Math.max(0.01, 1 - 10 ** -decades)
}
