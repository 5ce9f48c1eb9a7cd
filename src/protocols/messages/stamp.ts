/**
 * What a stamped message carries, somewhere in its text, so that it survives whatever a server does around it:
 * `~pl:SENDER:STREAM:NUMBER:MILLISECONDS~`. Nothing in it needs an escape in JSON or in a URL.
 */
export interface Stamp {
  readonly sender: string
  readonly stream: string
  /** From 1, of this sender to this stream. */
  readonly number: number
  /** When it was sent, on the run clock. */
  readonly atMs: number
}

const mark = '~pl:'

export function writeStamp({ sender, stream, number, atMs }: Stamp): string {
  return `${mark}${sender}:${encodeURIComponent(stream).replaceAll('~', '%7E')}:${number}:${atMs.toFixed(3)}~`
}

/** The first stamp in a text. // hot */
export function readStamp(text: string): Stamp | undefined {
  const from = text.indexOf(mark)
  if (from === -1) return undefined
  const to = text.indexOf('~', from + mark.length)
  if (to === -1) return undefined
  const [sender = '', stream = '', number = '', at = '', ...more] = text.slice(from + mark.length, to).split(':')
  const count = Number(number)
  const atMs = Number(at)
  if (sender === '' || more.length > 0 || !Number.isInteger(count) || count < 1 || at === '' || !Number.isFinite(atMs))
    return undefined
  return { sender, stream: stream === '' ? '' : decoded(stream), number: count, atMs }
}

/** Text of the target that only looks like ours is nobody's stream. */
function decoded(stream: string): string {
  try {
    return decodeURIComponent(stream)
  } catch {
    return stream
  }
}
