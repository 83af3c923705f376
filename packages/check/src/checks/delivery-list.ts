import type { DeliveryLine } from '../history/history-line.ts'
import type { Delivered, Variant } from './indexed-history.ts'

const WAYS: readonly DeliveryLine['by'][] = ['live', 'sync', 'page', 'final']
const AT_FIRST = 64

/**
 * What one reader was handed in one room, in the order of the lines. A history is made of deliveries for
 * the most part, so they are kept in columns: an object each would take three times the memory.
 */
export class DeliveryList implements Iterable<Delivered> {
  readonly #variants: Variant[] = []
  #ways = new Uint8Array(AT_FIRST)
  #lines = new Float64Array(AT_FIRST)
  #seqs = new Float64Array(AT_FIRST)
  #spans = new Float64Array(AT_FIRST)
  #times = new Float64Array(AT_FIRST)
  /** `NaN` where it was not asked for. */
  #asked = new Float64Array(AT_FIRST)

  get length(): number {
    return this.#variants.length
  }

  push({ line, seq, by, span, atMs, askedMs = Number.NaN, variant }: Delivered): void {
    const at = this.#variants.length
    if (at === this.#ways.length) this.#grow(at * 2)
    this.#ways[at] = WAYS.indexOf(by)
    this.#lines[at] = line
    this.#seqs[at] = seq
    this.#spans[at] = span
    this.#times[at] = atMs
    this.#asked[at] = askedMs
    this.#variants.push(variant)
  }

  *[Symbol.iterator](): Generator<Delivered> {
    for (const [at, variant] of this.#variants.entries()) {
      const askedMs = this.#asked[at] ?? Number.NaN
      yield {
        line: this.#lines[at] ?? 0,
        seq: this.#seqs[at] ?? 0,
        by: WAYS[this.#ways[at] ?? 0] ?? 'live',
        span: this.#spans[at] ?? 0,
        atMs: this.#times[at] ?? 0,
        askedMs: Number.isNaN(askedMs) ? undefined : askedMs,
        variant,
      }
    }
  }

  find(isIt: (handed: Delivered) => boolean): Delivered | undefined {
    for (const handed of this) if (isIt(handed)) return handed
    return undefined
  }

  #grow(size: number): void {
    const ways = new Uint8Array(size)
    ways.set(this.#ways)
    this.#ways = ways
    this.#lines = longer(this.#lines, size)
    this.#seqs = longer(this.#seqs, size)
    this.#spans = longer(this.#spans, size)
    this.#times = longer(this.#times, size)
    this.#asked = longer(this.#asked, size)
  }
}

function longer(column: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(size)
  copy.set(column)
  return copy
}
