import type { Socket } from 'node:net'
import type { Outlet, Stage } from './stage.ts'

/** A stage in its place: what it lets go, goes to the next. */
export class Place implements Outlet {
  next: Outlet
  stage: Stage | undefined

  constructor(next: Outlet) {
    this.next = next
  }

  write(chunk: Buffer): void {
    this.next.write(chunk)
  }

  end(): void {
    this.next.end()
  }
}

/** One direction of a connection: what `source` sends goes through the stages, in their order, to `sink`. The sender waits while a stage or the reader is full. */
export class Lane implements Outlet {
  readonly #source: Socket
  readonly #sink: Socket
  readonly #delivered: (bytes: number) => void
  readonly #places: Place[] = []
  #first: Outlet = this
  #isPaused = false
  #isOver = false

  constructor(source: Socket, sink: Socket, delivered: (bytes: number) => void) {
    this.#source = source
    this.#sink = sink
    this.#delivered = delivered
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** What the sender has sent. */
  receive(chunk: Buffer): void {
    this.#first.write(chunk)
    this.balance()
  }

  /** The sender has said that it is done. */
  receiveEnd(): void {
    this.#first.end()
  }

  /** The end of the lane, as its last stage sees it. */
  write(chunk: Buffer): void {
    if (this.#isOver || !this.#sink.writable) return
    this.#delivered(chunk.length)
    this.#sink.write(chunk)
    if (this.#isPaused) this.balance()
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#sink.end()
  }

  /** Nothing is passed on from now on. */
  cut(): void {
    this.#isOver = true
  }

  /** A place that is not yet part of the lane: a stage wants its outlet before it is made. */
  newPlace(): Place {
    return new Place(this)
  }

  /** @param at `first`: next to the sender */
  insert(place: Place, stage: Stage, at: 'first' | 'last'): void {
    place.stage = stage
    if (at === 'first') this.#places.unshift(place)
    else this.#places.push(place)
    this.#link()
    this.balance()
  }

  take(place: Place): void {
    const index = this.#places.indexOf(place)
    if (index < 0) return
    place.stage?.leave?.()
    this.#places.splice(index, 1)
    this.#link()
    this.balance()
  }

  /** Whether the sender has to wait is asked again. */
  balance(): void {
    const isFull = this.#sink.writableNeedDrain || this.#places.some(isFullNow)
    if (isFull === this.#isPaused) return
    this.#isPaused = isFull
    if (isFull) this.#source.pause()
    else this.#source.resume()
  }

  #link(): void {
    this.#places.forEach((place, i) => {
      place.next = this.#places[i + 1]?.stage ?? this
    })
    this.#first = this.#places[0]?.stage ?? this
  }
}

function isFullNow({ stage }: Place): boolean {
  return stage?.isFull?.() === true
}
