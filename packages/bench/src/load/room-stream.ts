import type { Said } from './dialects/dialect.ts'
import { numberOf } from './message-text.ts'

interface Known {
  readonly bytes: Buffer
  readonly numbers: readonly number[]
}

export interface RoomStreamPorts {
  readonly name: string
  readonly read: (record: Buffer) => Said
  /** What message `number` must say, and to this room; `undefined` if it was never sent to it. */
  readonly expected: (number: number) => string | undefined
  readonly senderOf: (number: number) => number
  readonly report: (violation: string) => void
  /** Whether what one sends comes in its order. */
  readonly isOrdered: boolean
  /** By `seq`, of all nodes: who numbers a room gives each number one message. */
  readonly numbered: Map<number, number>
}

const KEPT = 50_000

/**
 * What one node hands the readers of one room, in its order. The first reader of a record has it read and
 * judged: each message as it was sent, those of one sender in their order, no number twice. All others are
 * compared with that, byte by byte, which is what makes it cheap to look at everything.
 */
export class RoomStream {
  readonly #ports: RoomStreamPorts
  readonly #records = new Map<number, Known>()
  #numbers: number[] = []
  readonly #seen = new Set<number>()
  /** By sender. */
  readonly #last = new Map<number, number>()
  #firstSeq: number | undefined

  constructor(ports: RoomStreamPorts) {
    this.#ports = ports
  }

  /** Messages so far. */
  get length(): number {
    return this.#numbers.length
  }

  /** The messages of the record of a reader that has had `place` of them. */
  take(place: number, bytes: Buffer, from: number, to: number): readonly number[] {
    const known = this.#records.get(place)
    if (known !== undefined && known.bytes.length === to - from) {
      if (bytes.compare(known.bytes, 0, known.bytes.length, from, to) === 0) return known.numbers
    }
    return this.#learn(place, Buffer.from(bytes.subarray(from, to)), known === undefined)
  }

  #learn(place: number, bytes: Buffer, isNew: boolean): readonly number[] {
    const { read, report, name } = this.#ports
    let said: Said
    try {
      said = read(bytes)
    } catch (error) {
      report(`${name}: what came is no message: ${String(error)}`)
      return []
    }
    const numbers = said.texts.flatMap((text) => this.#judge(text))
    numbers.forEach((number, index) => this.#place(place + index, number, said, index))
    if (isNew) {
      this.#records.set(place, { bytes, numbers })
      if (this.#records.size > KEPT) this.#forget()
    }
    return numbers
  }

  #judge(text: string): number[] {
    const { expected, report, name } = this.#ports
    try {
      const number = numberOf(text)
      if (expected(number) === text) return [number]
    } catch {
      // Said below.
    }
    report(`${name}: '${text.slice(0, 40)}' was not sent to it`)
    return []
  }

  #place(at: number, number: number, { seq }: Said, index: number): void {
    const { senderOf, report, name, numbered } = this.#ports
    if (seq !== undefined) {
      this.#firstSeq ??= seq + index - at
      if (seq + index - this.#firstSeq !== at)
        report(`${name}: seq ${seq + index} came at place ${at}`)
      const known = numbered.get(seq + index)
      if (known !== undefined && known !== number)
        report(`${name}: seq ${seq + index} is message ${known} and message ${number}`)
      numbered.set(seq + index, number)
    }
    if (at < this.#numbers.length) {
      if (this.#numbers[at] !== number)
        report(`${name}: one reader has message ${this.#numbers[at]} where another has ${number}`)
      return
    }
    if (at > this.#numbers.length) return report(`${name}: a reader was at ${at} before anybody`)
    this.#numbers.push(number)
    if (this.#seen.has(number)) report(`${name}: message ${number} came twice`)
    this.#seen.add(number)
    if (!this.#ports.isOrdered) return
    const sender = senderOf(number)
    const last = this.#last.get(sender) ?? -1
    if (number < last) report(`${name}: message ${number} came after ${last} of the same sender`)
    this.#last.set(sender, number)
  }

  /** The oldest half: whoever is behind that is read, and compared by its numbers. */
  #forget(): void {
    let left = KEPT / 2
    for (const place of this.#records.keys()) {
      if ((left -= 1) < 0) break
      this.#records.delete(place)
    }
  }
}
