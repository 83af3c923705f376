import type { Socket } from 'node:net'
import { ChangeSignal } from './change-signal.ts'
import type { ToxicView } from './toxic.ts'

/** What a pipe keeps of what it could not pass on yet; then it reads no more, and the sender feels it. */
export const BUFFER_BYTES = 256 * 1024
/** So that a narrow way gives its bytes evenly. */
const PIECES_PER_SECOND = 20

interface Arrived {
  readonly kind: 'data' | 'end' | 'reset'
  readonly bytes: Buffer
  readonly atMs: number
  /** In [-1, 1], of the jitter. */
  readonly luck: number
}

export interface PipeOptions {
  readonly from: Socket
  readonly to: Socket
  readonly toxics: ToxicView
  readonly random: () => number
  /** The bytes that a toxic allows have passed. */
  readonly onLimit: () => void
}

/** One direction of one connection: takes what arrives, waits as the toxics say, passes it on in order. */
export class Pipe {
  readonly #options: PipeOptions
  readonly #changed = new ChangeSignal()
  readonly #queue: Arrived[] = []
  #bufferedBytes = 0
  #nextPieceMs = 0
  #limitLeft: { readonly toxic: object; bytes: number } | undefined
  #isClosed = false

  constructor(options: PipeOptions) {
    this.#options = options
    const { from, to } = options
    from.on('data', (bytes) => this.#arrived('data', bytes))
    from.once('end', () => this.#arrived('end'))
    // An end that breaks off is passed on as that; what it had said before still goes first.
    from.once('error', () => this.#arrived('reset'))
    from.once('close', () => this.#arrived('end'))
    to.on('drain', () => this.#changed.notify())
    from.resume()
    void this.#run()
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  /** Toxics came or went. */
  reconsider(): void {
    this.#changed.notify()
  }

  close(): void {
    this.#isClosed = true
    this.#queue.length = 0
    this.#changed.notify()
  }

  #arrived(kind: Arrived['kind'], bytes: Buffer = Buffer.alloc(0)): void {
    if (this.#isClosed) return
    const luck = this.#options.random() * 2 - 1
    this.#queue.push({ kind, bytes, atMs: performance.now(), luck })
    this.#bufferedBytes += bytes.length
    if (this.#bufferedBytes >= BUFFER_BYTES) this.#options.from.pause()
    this.#changed.notify()
  }

  async #run(): Promise<void> {
    for (;;) {
      const next = this.#queue[0]
      if (this.#isClosed) return
      const waitMs = next === undefined ? Infinity : this.#waitBefore(next)
      if (next === undefined || waitMs > 0) {
        await this.#changed.wait(Number.isFinite(waitMs) ? waitMs : undefined)
      } else if (next.kind === 'data') {
        this.#passPiece(next)
      } else {
        this.#queue.shift()
        // Ending twice is harmless; after an end there may still be a reset.
        if (next.kind === 'end') this.#options.to.end()
        else this.#options.to.resetAndDestroy()
      }
    }
  }

  /** Milliseconds until something of it may go on; infinite while only a change can allow it. */
  #waitBefore({ kind, atMs, luck }: Arrived): number {
    const { toxics, to } = this.#options
    if (toxics.find('timeout') !== undefined || to.writableNeedDrain) return Infinity
    const latency = toxics.find('latency')
    const latencyMs = latency ? Math.max(0, latency.latencyMs + (latency.jitterMs ?? 0) * luck) : 0
    const closeMs = kind === 'end' ? (toxics.find('slow_close')?.delayMs ?? 0) : 0
    const dueMs = Math.max(atMs + latencyMs + closeMs, this.#nextPieceMs)
    // Timers fire up to a millisecond early.
    return Math.max(0, Math.ceil(dueMs - performance.now()))
  }

  #passPiece(arrived: Arrived): void {
    const { toxics, to, from } = this.#options
    const bandwidth = toxics.find('bandwidth')
    const slicer = toxics.find('slicer')
    const limit = this.#limit()
    const most = Math.min(
      arrived.bytes.length,
      bandwidth ? Math.max(1, Math.floor(bandwidth.bytesPerSecond / PIECES_PER_SECOND)) : Infinity,
      slicer
        ? Math.max(1, Math.round(slicer.averageBytes * (0.5 + this.#options.random())))
        : Infinity,
      limit?.bytes ?? Infinity,
    )
    to.write(arrived.bytes.subarray(0, most))
    const rest = arrived.bytes.subarray(most)
    if (rest.length === 0) this.#queue.shift()
    else this.#queue[0] = { ...arrived, bytes: rest }
    this.#bufferedBytes -= most
    if (this.#bufferedBytes < BUFFER_BYTES) from.resume()
    const pauseMs =
      (bandwidth ? (most / bandwidth.bytesPerSecond) * 1_000 : 0) + (slicer?.delayMs ?? 0)
    // A timer that came late is made up for where a rate was promised; a time without data is not.
    const slackMs = slicer === undefined ? 1_000 / PIECES_PER_SECOND : 0
    this.#nextPieceMs = Math.max(performance.now() - slackMs, this.#nextPieceMs) + pauseMs
    if (limit === undefined) return
    limit.bytes -= most
    if (limit.bytes <= 0) this.#options.onLimit()
  }

  /** Counts from when the toxic was first met. */
  #limit(): { bytes: number } | undefined {
    const toxic = this.#options.toxics.find('limit_data')
    if (toxic === undefined) return undefined
    if (this.#limitLeft?.toxic !== toxic) this.#limitLeft = { toxic, bytes: toxic.bytes }
    return this.#limitLeft
  }
}
