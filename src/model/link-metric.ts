/** What objectives and stop conditions can ask of a link of our proxy: `link.payments.calls`. */
export type LinkMetricName = 'calls' | 'failed' | 'broken' | 'open'

export interface LinkMetric {
  readonly link: string
  readonly metric: LinkMetricName
  /** `max` of `link.db.open.max`. */
  readonly statistic?: string
}

const pattern = /^link\.([\w-]+)\.(calls|failed|broken|open)(?:\.(p\d{1,2}(?:\.\d+)?|mean|min|max))?$/

export function readLinkMetric(name: string): LinkMetric | undefined {
  const [, link, metric, statistic] = pattern.exec(name) ?? []
  if (link === undefined || metric === undefined) return undefined
  // The pattern lists exactly these names.
  return { link, metric: metric as LinkMetricName, ...(statistic === undefined ? {} : { statistic }) }
}
