import type { Event } from '@parley/message-schema'
import type { MemoryDatabase } from '../log/memory-database.ts'
import { whyNotAllowed, whyNotTrue } from './log-truth.ts'
import type { Report } from './violation.ts'

/** Follows one room on one device, as whoever builds on the SDK does. */
export class Reader {
  position: number | null = null
  events = 0
  readonly #name: string
  readonly #userId: string
  readonly #roomId: string
  readonly #database: MemoryDatabase
  readonly #report: Report

  constructor(
    device: { readonly name: string; readonly userId: string },
    roomId: string,
    database: MemoryDatabase,
    report: Report,
  ) {
    this.#name = `${device.name} in ${roomId.slice(-4)}`
    this.#userId = device.userId
    this.#roomId = roomId
    this.#database = database
    this.#report = report
  }

  readonly hear = (event: Event): void => {
    const { seq } = event
    const next = this.position === null ? seq : this.position + 1
    if (seq !== next) this.#report('C4', `${this.#name} was told ${seq} after ${this.position}`)
    this.position = seq
    this.events += 1
    const rows = this.#database.rooms.get(this.#roomId)
    if (rows === undefined) return
    const untrue = whyNotTrue(rows, this.#userId, event)
    if (untrue !== undefined) this.#report('C7', `${this.#name}: ${untrue}`)
    const forbidden = whyNotAllowed(rows, this.#userId, seq)
    if (forbidden !== undefined) this.#report('C8', `${this.#name}: ${forbidden}`)
  }

  readonly reset = (head: number): void => {
    this.position = head
  }
}
