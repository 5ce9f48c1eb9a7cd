/** The rules by which an answer is refused; the fuzz test compares them with Node's own parser. */
export type RefusalRule =
  | 'leading-line'
  | 'version'
  | 'status-line'
  | 'status-code'
  | 'reason'
  | 'switching-protocols'
  | 'header-name'
  | 'header-value'
  | 'line-end'
  | 'content-length'
  | 'two-lengths'
  | 'length-and-chunked'
  | 'transfer-encoding'
  | 'chunk-size'
  | 'chunk-extension'
  | 'chunk-end'
  | 'header-size'
  | 'body-size'

/** Thrown inside the client when an answer cannot be trusted; becomes a failure of kind `malformed` or `too-large`, never reaches the user. */
export class AnswerRefused extends Error {
  readonly rule: RefusalRule

  constructor(rule: RefusalRule, message: string) {
    super(message)
    this.rule = rule
  }

  get kind(): 'malformed' | 'too-large' {
    return this.rule === 'header-size' || this.rule === 'body-size' ? 'too-large' : 'malformed'
  }
}
