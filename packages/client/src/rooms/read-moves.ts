import type { ReadState } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import type { RoomRecord } from './room-record.ts'

export interface ReadMovesPorts {
  readonly record: RoomRecord
  readonly request: Connection['request']
  readonly random?: (() => number) | undefined
}

/** Moves within this time are one command. */
const EVERY_MS = 1_000
const LONGEST_PAUSE_MS = 15_000
const REMEMBERED = 8

const headOf = (error: ChatError): number | null => {
  const { head } = (error.details ?? {}) as { head?: unknown }
  return error.code === 'CURSOR_AHEAD' && typeof head === 'number' ? head : null
}

/** Tells the server where my cursor is to be: `record.pendingRead`, until that is confirmed. */
export class ReadMoves {
  readonly #record: RoomRecord
  readonly #request: Connection['request']
  readonly #random: () => number
  #timer: ReturnType<typeof setTimeout> | undefined
  #sentAt = -Infinity
  #isSending = false
  #failures = 0
  readonly #sent: number[] = []

  constructor({ record, request, random = Math.random }: ReadMovesPorts) {
    this.#record = record
    this.#request = request
    this.#random = random
  }

  forward(upTo: number): void {
    if (!this.#record.isMine || upTo <= this.#record.readSeq) return
    this.#record.moveRead(upTo)
    this.#schedule()
  }

  async back(upTo: number): Promise<void> {
    this.#record.pendingRead = null
    this.stop()
    await this.#command(upTo, 'set')
    this.#record.publish()
  }

  /** What waits is sent now. */
  flush(): void {
    this.stop()
    void this.#send()
  }

  /** A command of mine that has come back as a fact, after a later one was sent. */
  isEcho(readSeq: number): boolean {
    return this.#sent.includes(readSeq) && readSeq !== this.#sent.at(-1)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #schedule(ms = this.#sentAt + EVERY_MS - Date.now()): void {
    if (this.#timer !== undefined || this.#isSending) return
    if (ms <= 0) return void this.#send()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#send()
    }, ms)
  }

  async #command(upTo: number, mode: 'forward' | 'set'): Promise<void> {
    const { roomId, log } = this.#record
    this.#sent.push(upTo)
    if (this.#sent.length > REMEMBERED) this.#sent.shift()
    const from = log.position ?? 0
    const state: ReadState = await this.#request('read:set', {
      roomId,
      upTo,
      ...(mode === 'set' && { mode }),
    })
    this.#record.takeRead(state, from, log.position ?? 0)
  }

  async #send(): Promise<void> {
    const upTo = this.#record.pendingRead
    if (upTo === null || this.#isSending) return
    this.stop()
    this.#isSending = true
    this.#sentAt = Date.now()
    try {
      await this.#command(upTo, 'forward')
      this.#isSending = false
      this.#failures = 0
      if (this.#record.pendingRead !== null) this.#schedule()
    } catch (error) {
      this.#isSending = false
      this.#refused(error, upTo)
    }
  }

  #refused(error: unknown, upTo: number): void {
    this.#failures += 1
    if (!(error instanceof ChatError) || error.isRetryable) {
      const asked = error instanceof ChatError ? (error.retryAfterMs ?? 0) : 0
      const backoff = Math.min(LONGEST_PAUSE_MS, EVERY_MS * 2 ** this.#failures) * this.#random()
      return this.#schedule(Math.max(EVERY_MS, asked + backoff))
    }
    // Moved further meanwhile, it is tried with that.
    if (this.#record.pendingRead !== upTo) return this.#schedule()
    const head = headOf(error)
    this.#record.takeBackRead()
    if (head !== null && head < upTo) this.forward(head)
  }
}
