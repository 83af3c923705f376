import { invalid, ParleyError, type ImportLine } from '@parley/message-schema'
import { lineIdOf } from './parse-line.ts'
import { RememberedIds } from './remembered-ids.ts'
import { settleSenders, type SenderPorts } from './settle-senders.ts'
import { writeLines, type ReadyLine, type WriteLinesPorts } from './write-lines.ts'

export interface ImportTerms {
  readonly roomId: string
  readonly source: string
  readonly users: 'create' | 'refuse'
  readonly dryRun: boolean
}

export interface BatchPorts extends WriteLinesPorts, SenderPorts {
  /** Where lines are in the log, by the id that is made of theirs. */
  readonly findLines: (roomId: string, lineIds: readonly string[]) => Promise<Map<string, number>>
  readonly onFailure?: (error: unknown) => void
}

export interface Tally {
  readonly counts: { imported: number; already: number; usersCreated: number }
  readonly fail: (line: number, id: string | null, error: ParleyError) => void
}

export interface PendingLine {
  readonly number: number
  readonly line: ImportLine
}

/** In a dry run nothing has a place in the log. */
const DRY = 1

/** Some lines on their way into the log. What stops the whole import is thrown by `write`. */
export class ImportBatch {
  readonly #ports: BatchPorts
  readonly #terms: ImportTerms
  readonly #tally: Tally
  readonly #dryLines = new RememberedIds()
  readonly #madeUsers = new RememberedIds()
  #pending: PendingLine[] = []
  #shownFrom = 0

  constructor(ports: BatchPorts, terms: ImportTerms, tally: Tally) {
    this.#ports = ports
    this.#terms = terms
    this.#tally = tally
  }

  get size(): number {
    return this.#pending.length
  }

  add(line: PendingLine): void {
    this.#pending.push(line)
  }

  /** What refers to a place before this one in an export is brought in by itself: what it refers to never was there. */
  showFrom(seq: number): void {
    this.#shownFrom = seq
  }

  async write(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    if (pending.length === 0) return
    const lines = await settleSenders(
      this.#ports,
      this.#terms,
      this.#tally,
      pending,
      this.#madeUsers,
    )
    const known = await this.#knownLines(lines)
    let ready = new Map<string, ReadyLine>()
    for (const one of lines) {
      const ids = [one.line.id, one.line.replyTo, one.line.threadId]
      // What refers to a line of this batch waits until that one has its place.
      if (ids.some((id) => id !== undefined && ready.has(this.#idOf(id)))) {
        await this.#writeReady([...ready.values()], known)
        ready = new Map()
      }
      const line = this.#toReady(one, known)
      if (line !== undefined) ready.set(line.lineId, line)
    }
    await this.#writeReady([...ready.values()], known)
  }

  #idOf(id: string): string {
    return lineIdOf(this.#terms.roomId, this.#terms.source, id)
  }

  #isHidden(id: string): boolean {
    return /^\d+$/u.test(id) && Number(id) < this.#shownFrom
  }

  async #knownLines(lines: readonly PendingLine[]): Promise<Map<string, number>> {
    const ids = new Set<string>()
    for (const { line } of lines) {
      for (const id of [line.id, line.replyTo, line.threadId]) {
        if (id !== undefined) ids.add(this.#idOf(id))
      }
    }
    const known = await this.#ports.findLines(this.#terms.roomId, [...ids])
    for (const id of ids) if (this.#dryLines.has(id)) known.set(id, DRY)
    return known
  }

  #toReady({ number, line }: PendingLine, known: Map<string, number>): ReadyLine | undefined {
    const lineId = this.#idOf(line.id)
    if (known.has(lineId)) {
      this.#tally.counts.already += 1
      return undefined
    }
    const places = { replyTo: undefined, threadId: undefined } as Pick<
      { -readonly [K in keyof ReadyLine]: ReadyLine[K] },
      'replyTo' | 'threadId'
    >
    for (const field of ['replyTo', 'threadId'] as const) {
      const id = line[field]
      if (id === undefined) continue
      const place = known.get(this.#idOf(id)) ?? (this.#dryLines.isFull ? DRY : undefined)
      if (place === undefined && this.#isHidden(id)) continue
      if (place === undefined) {
        this.#tally.fail(number, line.id, invalid(field, 'no line before it has this id'))
        return undefined
      }
      places[field] = place
    }
    return { number, line, lineId, ...places }
  }

  async #writeReady(ready: readonly ReadyLine[], known: Map<string, number>): Promise<void> {
    const { counts, fail } = this.#tally
    if (ready.length === 0) return
    if (this.#terms.dryRun) {
      for (const { lineId } of ready) {
        known.set(lineId, DRY)
        this.#dryLines.add(lineId)
      }
      counts.imported += ready.length
      return
    }
    const results = await writeLines(this.#ports, this.#terms, ready)
    for (const [index, { number, line, lineId }] of ready.entries()) {
      const result = results[index]
      if (result === undefined) continue
      if (result instanceof ParleyError) {
        fail(number, line.id, result)
        continue
      }
      if (result.isNew) counts.imported += 1
      else counts.already += 1
      known.set(lineId, result.seq)
    }
  }
}
