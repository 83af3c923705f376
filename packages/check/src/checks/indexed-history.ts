import type {
  DeliveryLine,
  FaultLine,
  MarkLine,
  ObservationLine,
  OperationLine,
  ReaderLine,
  RoomLine,
  RunLine,
} from '../history/history-line.ts'
import type { CheckOptions } from './check-options.ts'
import type { CommitTimes } from './commit-times.ts'
import type { DeliveryList } from './delivery-list.ts'
import type { EventFacts } from './event-facts.ts'
import type { Memberships } from './memberships.ts'

/** A line of the history without what no check reads. */
export interface Operation {
  readonly line: number
  readonly process: string
  readonly userId: string
  readonly via: OperationLine['via']
  readonly op: OperationLine['op']
  readonly roomId: string | undefined
  readonly key: string | undefined
  /** `send`, `edit`: the digest of the text. */
  readonly value: string | number | undefined
  readonly ref: number | undefined
  readonly mode: 'forward' | 'set' | 'on' | 'off'
  readonly attempt: number
  readonly invokedMs: number
  /** `Infinity` where it never was. */
  readonly completedMs: number
  readonly type: OperationLine['type']
  /** It was refused for now: the same may succeed later. */
  readonly isPutOff: boolean
  readonly seq: number | undefined
  /** What was answered as its `seq`, and can be none. */
  readonly wrongSeq: unknown
  readonly msgNo: number | undefined
  readonly dup: boolean
  readonly result: Readonly<Record<string, unknown>>
}

/** What one or more readers were handed at one `seq`; more than one of a `seq` is looked into. */
export interface Variant {
  readonly facts: EventFacts
  /** The first that showed it. */
  readonly line: number
  readonly reader: string
  /** Digests of the texts that were this. */
  readonly raw: string[]
  isFinal: boolean
}

export interface Delivered {
  readonly line: number
  readonly seq: number
  readonly by: DeliveryLine['by']
  readonly span: number
  readonly atMs: number
  readonly askedMs: number | undefined
  readonly variant: Variant
}

export interface Note {
  readonly line: number
  readonly what: ReaderLine['what']
  readonly seq: number | undefined
  readonly atMs: number
  /** `removed`: how it learned of it, where it was not told while it followed the room. */
  readonly detail: string | undefined
}

export interface Reader {
  readonly id: string
  readonly userId: string
  readonly via: DeliveryLine['via']
  /** `connected`, `disconnected`, `session-end`. */
  readonly connections: Note[]
}

/** One reader in one room, in the order of the lines. */
export interface Track {
  readonly reader: Reader
  readonly deliveries: DeliveryList
  /** `starts`, `added`, `reset`, `removed`, `heads`. */
  readonly notes: Note[]
}

export interface LogEntry {
  readonly seq: number
  readonly line: number
  readonly facts: EventFacts
  /** `undefined` where there is no row to know it from. */
  readonly clientMsgId: string | null | undefined
}

/** The log of a room as it is at the end: by its rows, else by what readers were handed. */
export interface RoomLog {
  /** In the order of `seq`. */
  readonly entries: readonly LogEntry[]
  readonly bySeq: ReadonlyMap<number, LogEntry>
  readonly isDumped: boolean
  /** From here on, what is not in `entries` does not exist. `Infinity` where nobody can tell. */
  readonly knownFrom: number
  /** By retention: what stands up to here has no words any more. */
  readonly erasedTo: number
  /** `undefined` where nobody can tell. */
  readonly head: number | undefined
}

export interface RoomRows {
  readonly rows: Map<number, LogEntry>
  readonly repeated: { readonly seq: number; readonly lines: readonly number[] }[]
  state: (Omit<RoomLine, 'kind'> & { readonly line: number }) | undefined
}

/** A message as a list of messages shows it: with its edits, or as deleted. The same one is kept once. */
export interface ShownMessage {
  readonly seq: number
  readonly msgNo: number | undefined
  readonly senderId: string
  readonly version: number
  /** Its digest; `undefined` where there is none. */
  readonly text: string | undefined
  readonly isDeleted: boolean
}

/** An answer to `history`. */
export interface MessageRead {
  readonly line: number
  readonly process: string
  readonly userId: string
  readonly invokedMs: number
  readonly completedMs: number
  /** All that there is, not a page of it. */
  readonly isAll: boolean
  readonly messages: readonly ShownMessage[]
}

export interface Room extends RoomRows {
  readonly roomId: string
  readonly variants: Map<number, Variant[]>
  readonly tracks: Map<string, Track>
  readonly operations: Operation[]
  readonly messageReads: MessageRead[]
  readonly shown: Map<string, ShownMessage>
  /** `send`, `edit`, `delete` by user and key: attempts of one command. */
  readonly keyed: Map<string, Operation[]>
  log: RoomLog
  committed: CommitTimes
  memberships: Memberships
}

export type Observation = ObservationLine & { readonly line: number }

export interface IndexedHistory {
  readonly run: RunLine | undefined
  readonly rooms: ReadonlyMap<string, Room>
  readonly readers: ReadonlyMap<string, Reader>
  /** In the order of the lines. */
  readonly processes: ReadonlyMap<string, readonly Operation[]>
  readonly observations: readonly Observation[]
  readonly faults: readonly (FaultLine & { readonly line: number })[]
  readonly marks: ReadonlyMap<MarkLine['what'], { readonly line: number; readonly atMs: number }>
  /** From here on all is well: what is said must arrive. `undefined` where nobody said so. */
  readonly wellFromMs: number | undefined
  /** When the last thing happened. */
  readonly lastMs: number
  readonly bounds: Bounds
}

export type Bounds = { readonly [Name in keyof Required<CheckOptions>]: number }
