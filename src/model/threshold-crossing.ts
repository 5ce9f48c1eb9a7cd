/** While a test only watches: an objective that its readings went beyond, or came back to. */
export interface ThresholdCrossing {
  /** As it was written. */
  readonly objective: string
  readonly beyond: boolean
  /** The reading that says so, in the unit of the objective's metric. */
  readonly value: number
  readonly unit: string
}
