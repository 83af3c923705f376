import type { Event } from '@parley/message-schema'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { Added, OutboxQueue, Stored } from '../outbox/outbox-queue.ts'
import type { Overlay } from './to-item.ts'

export interface OwnCommand {
  readonly entry: OutboxEntry
  /** Where it will be told in the log. */
  readonly stored: Stored | null
}

interface Tracked {
  entry: OutboxEntry
  stored: Stored | null
  /** Its answer comes to this tab. */
  readonly isFromHere: boolean
  /** Out of the outbox and not in the log yet. */
  timer: ReturnType<typeof setTimeout> | null
}

export interface OwnCommandsPorts {
  readonly roomId: string
  readonly outbox: OutboxQueue
  readonly position: () => number | null
  /** Where a send of mine is shown already. */
  readonly storedOfMine: (clientMsgId: string) => Stored | undefined
  /** Something is to be shown in another way: these messages, or what is on its way. */
  readonly changed: (seqs: ReadonlySet<number>) => void
  /** What another tab has sent is shown so long without a word, until its event comes. */
  readonly lingerMs?: number
}

const LINGER_MS = 3_000
const REMEMBERED = 1_000

/**
 * Sends, edits and deletes of mine in one room from the moment they are asked for until the log tells
 * them. An answer may come before the event: what left the outbox stays until its place is reached.
 */
export class OwnCommands {
  readonly #ports: OwnCommandsPorts
  readonly #tracked = new Map<string, Tracked>()
  readonly #fromHere = new Set<string>()
  readonly #told = new Set<string>()
  #unsubscribe: (() => void) | null = null

  constructor(ports: OwnCommandsPorts) {
    this.#ports = ports
  }

  start(): void {
    this.#unsubscribe ??= this.#ports.outbox.entries.subscribe(() => this.refresh())
    this.refresh()
  }

  stop(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = null
    for (const { timer } of this.#tracked.values()) if (timer !== null) clearTimeout(timer)
    this.#tracked.clear()
    this.#told.clear()
  }

  add(command: OutboxEntry['command'], id: string): Added {
    const { roomId, outbox } = this.#ports
    // Before it is asked for: the outbox may tell of it at once.
    this.#fromHere.add(id)
    this.#told.delete(id)
    const added = outbox.add(roomId, command, id)
    added.stored.then(
      (stored) => this.#settled(id, stored),
      () => this.#settled(id, null),
    )
    return added
  }

  cancel(clientMsgId: string): boolean {
    const isInTime = this.#ports.outbox.cancel(this.#ports.roomId, clientMsgId)
    if (!isInTime) return false
    // The outbox may tell of it only later, and lists it until then.
    const seqs = new Set<number>()
    this.#tell(clientMsgId, seqs)
    this.#ports.changed(seqs)
    return true
  }

  /** Those that are on their way: first what has a place in the log, then in the order of saying. */
  sends(threadId: number | undefined): OwnCommand[] {
    const sends: OwnCommand[] = []
    for (const { entry, stored } of this.#tracked.values()) {
      const { command } = entry
      if (command.kind === 'send' && command.draft.threadId === threadId) {
        sends.push({ entry, stored })
      }
    }
    return sends.toSorted(
      (one, other) =>
        (one.stored?.seq ?? Infinity) - (other.stored?.seq ?? Infinity) ||
        one.entry.createdAt - other.entry.createdAt,
    )
  }

  overlay(seq: number): Overlay | undefined {
    let overlay: Overlay | undefined
    for (const { entry } of this.#tracked.values()) {
      const { command, state } = entry
      if (command.kind === 'send' || command.seq !== seq || state === 'failed') continue
      if (command.kind === 'delete') overlay = { ...overlay, deleted: true }
      else overlay = { ...overlay, text: command.text }
    }
    return overlay
  }

  /** What I have edited a message to, before the log has told it. */
  textOf(clientMsgId: string): string | undefined {
    const command = this.#tracked.get(clientMsgId)?.entry.command
    return command?.kind === 'edit' ? command.text : undefined
  }

  /** Takes out what these events tell. Answers which messages are shown otherwise by it. */
  heed(events: readonly Event[]): Set<number> {
    const seqs = new Set<number>()
    for (const { clientMsgId } of events) {
      if (clientMsgId !== undefined) this.#tell(clientMsgId, seqs)
    }
    for (const seq of this.settle(events.at(-1)?.seq ?? 0)) seqs.add(seq)
    return seqs
  }

  /** The same for all up to a place in the log. */
  settle(position: number): Set<number> {
    const seqs = new Set<number>()
    for (const [id, { stored }] of this.#tracked) {
      if (stored !== null && stored.seq <= position) this.#tell(id, seqs)
    }
    return seqs
  }

  /** Compares with the outbox. */
  refresh(): void {
    const seqs = new Set<number>()
    const listed = new Set<string>()
    let isChanged = false
    for (const entry of this.#ports.outbox.entries.current) {
      if (entry.roomId !== this.#ports.roomId) continue
      const { clientMsgId: id } = entry
      listed.add(id)
      const known = this.#tracked.get(id)
      if (this.#told.has(id) || known?.entry === entry) continue
      isChanged = true
      note(entry, seqs)
      if (known?.timer != null) clearTimeout(known.timer)
      const isFromHere = this.#fromHere.has(id)
      this.#tracked.set(id, { entry, stored: known?.stored ?? null, isFromHere, timer: null })
    }
    for (const [id, tracked] of this.#tracked) {
      if (this.#isShown(id, tracked)) {
        this.#tell(id, seqs)
        continue
      }
      if (listed.has(id) || tracked.stored !== null || tracked.timer !== null) continue
      if (tracked.entry.state === 'failed') {
        note(tracked.entry, seqs)
        this.#tracked.delete(id)
        isChanged = true
      } else if (!tracked.isFromHere) {
        const { lingerMs = LINGER_MS } = this.#ports
        tracked.timer = setTimeout(() => this.#drop(id), lingerMs)
      }
    }
    if (isChanged) this.#ports.changed(seqs)
  }

  /** A page of history has it: the answer was lost, or comes later. */
  #isShown(id: string, { entry }: Tracked): boolean {
    const { outbox, storedOfMine } = this.#ports
    const stored = entry.command.kind === 'send' ? storedOfMine(id) : undefined
    if (stored === undefined) return false
    // Not while the outbox tells of a change.
    queueMicrotask(() => outbox.confirm(this.#ports.roomId, id, stored))
    return true
  }

  #settled(id: string, stored: Stored | null): void {
    this.#fromHere.delete(id)
    const tracked = this.#tracked.get(id)
    if (tracked === undefined) return
    // A refused one stays in the outbox as failed; a cancelled one does not.
    if (stored === null) {
      const isListed = this.#ports.outbox.entries.current.some(
        ({ clientMsgId }) => clientMsgId === id,
      )
      if (!isListed) this.#drop(id)
      return
    }
    const position = this.#ports.position()
    if (position !== null && stored.seq <= position) return this.#drop(id)
    tracked.stored = stored
    this.#ports.changed(new Set())
  }

  #drop(id: string): void {
    const seqs = new Set<number>()
    if (!this.#take(id, seqs)) return
    this.#ports.changed(seqs)
  }

  #tell(id: string, seqs: Set<number>): void {
    this.#take(id, seqs)
    this.#told.add(id)
    const [oldest] = this.#told
    if (this.#told.size > REMEMBERED && oldest !== undefined) this.#told.delete(oldest)
  }

  #take(id: string, seqs: Set<number>): boolean {
    const tracked = this.#tracked.get(id)
    if (tracked === undefined) return false
    if (tracked.timer !== null) clearTimeout(tracked.timer)
    note(tracked.entry, seqs)
    return this.#tracked.delete(id)
  }
}

function note({ command }: OutboxEntry, seqs: Set<number>): void {
  if (command.kind !== 'send') seqs.add(command.seq)
}
