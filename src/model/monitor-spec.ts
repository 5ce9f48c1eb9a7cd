/** What the target's page of metrics says of itself that proofload sees as well. */
export interface MonitorSpec {
  readonly counts: readonly MonitoredCount[]
  /** Histograms or summaries of the time that an answer took. */
  readonly latencies: readonly MonitoredLatency[]
  /** A page that is answered later than this is lost for who scrapes it. */
  readonly withinSec: number
}

export interface MonitoredCount {
  readonly series: SeriesSelector
  readonly of: Counted
}

export interface MonitoredLatency {
  readonly series: SeriesSelector
  readonly of: Extract<Counted, { readonly kind: 'requests' }>
  /** Of its values: pages in seconds have 1000. */
  readonly msPerUnit: number
}

/** What proofload counts of the same thing. */
export type Counted =
  /** Requests whose name fits one of the patterns (`GET *`); none: all. */
  { readonly kind: 'requests'; readonly names: readonly string[] } | { readonly kind: 'metric'; readonly name: string }

/** As in PromQL: `http_requests_total{route="/rooms",code!~"5.."}`. What fits is added up. */
export interface SeriesSelector {
  /** As the plan has it. */
  readonly text: string
  readonly metric: string
  readonly matchers: readonly LabelMatcher[]
}

export interface LabelMatcher {
  readonly label: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** What one look at the page gave. */
export interface Scrape {
  /** From the question to the last byte of the answer, or to giving up. */
  readonly tookSec: number
  /** Why there was no page; absent: there was. */
  readonly error?: string
  /** In the order of the counts of {@link MonitorSpec}; null: no series of the page fits. */
  readonly counts?: readonly (number | null)[]
  /** In the order of its latencies. */
  readonly latencies?: readonly (ScrapedLatency | null)[]
  /** Requests for the page since the run began, this one included: the target may count them. */
  readonly asked: number
}

export interface ScrapedLatency {
  readonly count: number
  readonly sum: number
  /** Upper bounds with the count of values up to each, ascending, without the infinite one. Empty: a summary. */
  readonly buckets: readonly (readonly [le: number, count: number])[]
}
