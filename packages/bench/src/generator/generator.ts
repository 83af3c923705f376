import { setMaxListeners } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { clockMs } from '../clock.ts'
import { DeliveryRecord, type Deliveries } from '../figures/delivery-record.ts'
import { readText } from '../figures/sent-message.ts'
import { waitUntil } from '@parley/local-cluster'
import { cutReaders, type CutPlan } from './cut-readers.ts'
import { PresenceLog, type Gap } from './presence-log.ts'
import { openParleyBareReader } from './readers/parley-bare-reader.ts'
import { openParleyReader } from './readers/parley-reader.ts'
import type { OpenReader, Person, Reader, ReaderKind } from './readers/reader.ts'
import { openSocketIoReader } from './readers/socket-io-reader.ts'
import { createWire } from './wires.ts'

export interface OpenOptions {
  readonly kind: ReaderKind
  readonly url: string
  readonly people: readonly Person[]
  /** Its number among all readers of the run. */
  readonly firstNumber: number
}

/** What one process of readers has measured. */
export interface Measured {
  readonly deliveries: Deliveries
  readonly gaps: readonly Gap[]
  readonly offlineMs: readonly number[]
  readonly cpuShare: number
  readonly loopDelayP99Ms: number
}

interface Held {
  readonly number: number
  readonly connect: () => void
  readonly leave: () => void
  readonly comeBack: () => void
  readonly close: () => void | Promise<void>
}

const OPENERS: Record<ReaderKind, OpenReader> = {
  parley: openParleyReader,
  'parley-bare': openParleyBareReader,
  'socket-io': openSocketIoReader,
}
const RESOLUTION_MS = 10
const AT_ONCE = 25
const OPEN_MS = 60_000

/** Readers, what they were handed, and whether this process kept up with it. */
export class Generator {
  readonly #readers: Held[] = []
  readonly #record = new DeliveryRecord()
  readonly #presence = new PresenceLog()
  readonly #cut = new Set<number>()
  // A timer of 10 ms is late by what its turn took; its own 10 ms are taken off again.
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  #cpu = process.cpuUsage()
  #sinceMs = clockMs()
  #load = { cpuShare: 0, loopDelayP99Ms: 0 }
  #cutting: { readonly end: AbortController; readonly done: Promise<number[]> } | undefined

  clock(): number {
    return clockMs()
  }

  /** Resolves when all of them are live. */
  async open({ kind, url, people, firstNumber }: OpenOptions): Promise<number> {
    const before = this.#readers.length
    for (let from = 0; from < people.length; from += AT_ONCE) {
      const some = people.slice(from, from + AT_ONCE)
      const readers = some.map((person, at) =>
        this.#hold(OPENERS[kind], { url, person, number: firstNumber + from + at }),
      )
      for (const reader of readers) reader.connect()
      // In turns: a cluster that is being filled is not what is measured.
      const wanted = this.#readers.length
      const areLive = await waitUntil(() => this.#presence.live >= wanted, {
        timeoutMs: OPEN_MS,
        everyMs: 5,
      })
      if (!areLive) {
        throw new Error(`Of ${wanted} readers only ${this.#presence.live} could connect to ${url}.`)
      }
    }
    return this.#readers.length - before
  }

  /** From now on it counts. */
  begin(): void {
    this.#record.begin()
    this.#presence.begin()
    this.#loop.enable()
    this.#loop.reset()
    this.#cpu = process.cpuUsage()
    this.#sinceMs = clockMs()
  }

  startCutting(plan: CutPlan): void {
    const end = new AbortController()
    setMaxListeners(0, end.signal)
    this.#cutting = { end, done: cutReaders({ plan, readers: this.#readers, signal: end.signal }) }
  }

  /** All that is to be measured was done; what is on its way still counts. */
  async endLoad(): Promise<void> {
    const { user, system } = process.cpuUsage(this.#cpu)
    this.#load = {
      cpuShare: (user + system) / 1_000 / (clockMs() - this.#sinceMs),
      loopDelayP99Ms: Math.max(0, this.#loop.percentile(99) / 1e6 - RESOLUTION_MS),
    }
    this.#cutting?.end.abort()
    await this.#cutting?.done
  }

  progress(): { readonly delivered: number; readonly live: number } {
    return { delivered: this.#record.count, live: this.#presence.live }
  }

  async collect(): Promise<Measured> {
    return {
      deliveries: this.#record.read(),
      gaps: this.#presence.read(),
      offlineMs: (await this.#cutting?.done) ?? [],
      ...this.#load,
    }
  }

  async close(): Promise<void> {
    this.#cutting?.end.abort()
    await Promise.all(this.#readers.map(async (reader) => reader.close()))
  }

  #hold(
    openReader: OpenReader,
    { url, person, number }: { url: string; person: Person; number: number },
  ): Held {
    const wire = createWire()
    const reader: Reader = wire.run(() =>
      openReader({
        url,
        person,
        events: {
          message: (text) => this.#take(number, text),
          live: () => {
            this.#cut.delete(number)
            this.#presence.cameLive(number, clockMs())
          },
          lost: () => this.#presence.lost(number, clockMs(), this.#cut.has(number)),
        },
      }),
    )
    const held: Held = {
      number,
      connect: () => wire.run(() => reader.connect()),
      leave: () => {
        this.#cut.add(number)
        wire.cut()
        reader.leave()
      },
      comeBack: () => wire.run(() => reader.comeBack()),
      close: () => reader.close(),
    }
    this.#readers.push(held)
    return held
  }

  #take(reader: number, text: unknown): void {
    const receivedMs = clockMs()
    const read = readText(text)
    if (read === null) this.#record.takeForeign()
    else this.#record.take(reader, read.number, receivedMs - read.sentMs)
  }
}
