import { Gauge, type Registry } from '@parley/server-kit'

/** One for each power of two that a number of 32 bits may be below. */
const SIZES = 33

/**
 * What sockets have not been able to send yet, as the walk over the sessions finds it. A buffer is counted in the
 * power of two that it is below, so that a walk over all of them keeps nothing and allocates nothing.
 */
export class SendBuffers {
  #counting = new Uint32Array(SIZES)
  #last = new Uint32Array(SIZES)
  #counted = 0
  #lastCounted = 0
  #max = 0
  #lagging = 0
  lastMax = 0
  lastLagging = 0

  note(bytes: number, isLagging: boolean): void {
    const size = 32 - Math.clz32(bytes)
    this.#counting[size] = (this.#counting[size] ?? 0) + 1
    this.#counted += 1
    if (bytes > this.#max) this.#max = bytes
    if (isLagging) this.#lagging += 1
  }

  /** All were noted: from now on this walk is what is told, until the next has ended. */
  endWalk(): void {
    const before = this.#last
    this.#last = this.#counting
    this.#counting = before.fill(0)
    this.#lastCounted = this.#counted
    this.lastMax = this.#max
    this.lastLagging = this.#lagging
    this.#counted = 0
    this.#max = 0
    this.#lagging = 0
  }

  /** No buffer of the given part of the sockets was larger; rounded up to a power of two less one. */
  quantile(part: number): number {
    const wanted = Math.ceil(this.#lastCounted * part)
    let seen = 0
    for (const [size, count] of this.#last.entries()) {
      seen += count
      if (count > 0 && seen >= wanted) return 2 ** size - 1
    }
    return 0
  }
}

export function addBufferGauges(registry: Registry, buffers: SendBuffers): void {
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value())
      },
    })
  gauge('parley_send_buffer_max_bytes', 'Unsent bytes of the socket that has most.', () => {
    return buffers.lastMax
  })
  gauge('parley_send_buffer_p99_bytes', 'What 99 % of the sockets have unsent at most.', () => {
    return buffers.quantile(0.99)
  })
  gauge('parley_lagging_sessions', 'Sockets that get heads alone until they have read.', () => {
    return buffers.lastLagging
  })
}
