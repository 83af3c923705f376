import type {
  DeliveryLine,
  HistoryLine,
  MarkLine,
  ObservationLine,
  OperationLine,
  ReaderLine,
  RoomLine,
  RowLine,
  RunLine,
} from '../history/history-line.ts'
import type { CheckOptions } from './check-options.ts'
import { commitTimes, NO_TIMES } from './commit-times.ts'
import { DeliveryList } from './delivery-list.ts'
import { digest, factsOfEvent, factsOfRow } from './event-facts.ts'
import type {
  Bounds,
  IndexedHistory,
  Observation,
  Operation,
  Reader,
  Room,
  Track,
  Variant,
} from './indexed-history.ts'
import { memberships, NO_MEMBERSHIPS } from './memberships.ts'
import { NO_LOG, roomLog } from './room-log.ts'
import { takeMessages } from './take-messages.ts'
import { fromSearch, toOperation } from './to-operation.ts'

const KEYED: ReadonlySet<string> = new Set(['send', 'edit', 'delete'])
const IN_ROOM: ReadonlySet<string> = new Set(['starts', 'added', 'reset', 'removed', 'heads'])

/** Takes a history line by line and keeps of it what the checks read. */
export class HistoryIndex {
  readonly #options: CheckOptions
  readonly #rooms = new Map<string, Room>()
  readonly #readers = new Map<string, Reader>()
  readonly #processes = new Map<string, Operation[]>()
  readonly #observations: Observation[] = []
  readonly #faults: IndexedHistory['faults'][number][] = []
  readonly #marks = new Map<MarkLine['what'], { line: number; atMs: number }>()
  /** The same text many times over is kept once. */
  readonly #names = new Map<string, string>()
  #run: RunLine | undefined
  #lastMs = 0
  #hasRows = false

  constructor(options: CheckOptions) {
    this.#options = options
  }

  take(line: HistoryLine, number: number): void {
    switch (line.kind) {
      case 'run':
        this.#run = line
        return
      case 'operation':
        this.#seen(line.invokedMs)
        this.#operation(line, number)
        return
      case 'delivery':
        this.#seen(line.atMs)
        this.#delivery(line, number)
        return
      case 'reader':
        this.#seen(line.atMs)
        this.#note(line, number)
        return
      case 'fault':
        this.#faults.push({ ...line, line: number })
        return
      case 'observation':
        this.#seen(line.atMs)
        this.#observe(line, number)
        return
      case 'row':
        this.#row(line, number)
        return
      case 'room':
        this.#roomState(line, number)
        return
      case 'mark':
        this.#seen(line.atMs)
        this.#marks.set(line.what, { line: number, atMs: line.atMs })
    }
  }

  done(): IndexedHistory {
    for (const room of this.#rooms.values()) {
      room.log = roomLog(room, this.#hasRows)
      room.committed = commitTimes(room.keyed.values(), room.tracks.values())
      room.memberships = memberships(room, room.log, room.committed)
    }
    return {
      run: this.#run,
      rooms: this.#rooms,
      readers: this.#readers,
      processes: this.#processes,
      observations: this.#observations,
      faults: this.#faults,
      marks: this.#marks,
      wellFromMs: this.#wellFromMs(),
      lastMs: this.#lastMs,
      bounds: boundsOf(this.#options, this.#run),
    }
  }

  /** Where faults were planned and none is told of, one may have been begun all the same. */
  #wellFromMs(): number | undefined {
    const planned: unknown = this.#run?.about['faults']
    const isPlanned = Array.isArray(planned) && planned.some((name) => name !== 'none')
    if (this.#faults.length === 0 && !isPlanned) return 0
    return this.#marks.get('healed')?.atMs
  }

  #seen(atMs: number): void {
    if (atMs > this.#lastMs) this.#lastMs = atMs
  }

  #name(text: string): string {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    this.#names.set(text, text)
    return text
  }

  #room(id: string): Room {
    const known = this.#rooms.get(id)
    if (known !== undefined) return known
    const room: Room = {
      roomId: this.#name(id),
      rows: new Map(),
      repeated: [],
      state: undefined,
      variants: new Map(),
      tracks: new Map(),
      operations: [],
      messageReads: [],
      shown: new Map(),
      keyed: new Map(),
      log: NO_LOG,
      committed: NO_TIMES,
      memberships: NO_MEMBERSHIPS,
    }
    this.#rooms.set(room.roomId, room)
    return room
  }

  #reader({ reader: id, userId, via }: DeliveryLine | ReaderLine): Reader {
    const known = this.#readers.get(id)
    if (known !== undefined) return known
    const reader = { id: this.#name(id), userId: this.#name(userId), via, connections: [] }
    this.#readers.set(reader.id, reader)
    return reader
  }

  #track(room: Room, reader: Reader): Track {
    const known = room.tracks.get(reader.id)
    if (known !== undefined) return known
    const track: Track = { reader, deliveries: new DeliveryList(), notes: [] }
    room.tracks.set(reader.id, track)
    return track
  }

  #operation(asked: OperationLine, line: number): void {
    const operation = toOperation(asked, line, (text) => this.#name(text))
    if (asked.completedMs !== null) this.#seen(asked.completedMs)
    push(this.#processes, operation.process, operation)
    const { roomId, key, op, userId } = operation
    if (roomId === undefined) return
    const room = this.#room(roomId)
    room.operations.push(operation)
    if (op === 'history' && operation.type === 'ok') takeMessages(room, operation, asked.result)
    if (key !== undefined && KEYED.has(op)) push(room.keyed, `${userId} ${key}`, operation)
  }

  #delivery(handed: DeliveryLine, line: number): void {
    const { seq, by, span, atMs, askedMs } = handed
    const room = this.#room(handed.roomId)
    const track = this.#track(room, this.#reader(handed))
    const variant = variantOf(room, handed, line, track.reader.id)
    variant.isFinal ||= by === 'final'
    track.deliveries.push({ line, seq, by, span, atMs, askedMs, variant })
  }

  #note(told: ReaderLine, line: number): void {
    const { what, seq, atMs, roomId } = told
    const reader = this.#reader(told)
    const note = { line, what, seq, atMs, detail: what === 'removed' ? told.detail : undefined }
    if (!IN_ROOM.has(what)) reader.connections.push(note)
    else if (roomId !== undefined) this.#track(this.#room(roomId), reader).notes.push(note)
  }

  #observe(observed: ObservationLine, line: number): void {
    const { what, roomId } = observed
    this.#observations.push({ ...observed, line })
    const room = roomId === undefined ? undefined : this.#room(roomId)
    const search = what === 'search' ? fromSearch(observed, line) : undefined
    if (search !== undefined) room?.operations.push(search)
  }

  #row(row: RowLine, line: number): void {
    this.#hasRows = true
    const { rows, repeated } = this.#room(row.roomId)
    const { seq, clientMsgId } = row
    const known = rows.get(seq)
    if (known !== undefined) repeated.push({ seq, lines: [known.line, line] })
    else rows.set(seq, { seq, line, facts: factsOfRow(row), clientMsgId })
  }

  #roomState({ kind: _, ...state }: RoomLine, line: number): void {
    this.#room(state.roomId).state = { ...state, line }
  }
}

function push<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

/** Most deliveries of an event are the same to the letter, so most are compared by one digest. */
function variantOf(
  room: Room,
  { seq, event }: DeliveryLine,
  line: number,
  reader: string,
): Variant {
  const raw = digest(JSON.stringify(event))
  const known = room.variants.get(seq) ?? []
  const same = known.find((variant) => variant.raw.includes(raw))
  if (same !== undefined) return same
  const facts = factsOfEvent(event)
  const alike = known.find(
    ({ facts: other }) =>
      other.core === facts.core && other.envelope === facts.envelope && other.body === facts.body,
  )
  if (alike !== undefined) {
    alike.raw.push(raw)
    return alike
  }
  const variant = { facts, line, reader, raw: [raw], isFinal: false }
  room.variants.set(seq, [...known, variant])
  return variant
}

function boundsOf(options: CheckOptions, run: RunLine | undefined): Bounds {
  const said = run?.about['headsIntervalMs']
  const headsIntervalMs = options.headsIntervalMs ?? (typeof said === 'number' ? said : 5_000)
  return {
    headsIntervalMs,
    catchUpMs: options.catchUpMs ?? 2 * headsIntervalMs,
    presenceMs: options.presenceMs ?? 30_000,
    signOutMs: options.signOutMs ?? 2_000,
    answerMs: options.answerMs ?? 20_000,
    growth: options.growth ?? 0.1,
    keep: options.keep ?? 100,
  }
}
