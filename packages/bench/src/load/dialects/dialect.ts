import type { ClientPlan } from '../../subjects/subject.ts'

/** What a client says to its connection. */
export interface Line {
  readonly text: (payload: string) => void
  readonly binary: (payload: Buffer) => void
  /** It is in all its rooms. */
  readonly ready: () => void
  /** The server refused, or said what it must not say. */
  readonly fail: (why: string) => void
  /**
   * A message of the measured room, as its bytes came: those of one record, which may hold several. They are
   * only looked at during the call. What was seen before at this place is compared byte by byte; only what
   * is new, or differs, is read.
   */
  readonly record: (bytes: Buffer, from: number, to: number) => void
}

/** What one record says. */
export interface Said {
  /** What the sender gave, whole: it begins with the number of the message and a blank. */
  readonly texts: readonly string[]
  /** The place of the first in the room, of who numbers them. */
  readonly seq?: number
}

/** One connection after the upgrade. */
export interface Talk {
  /** A frame came whole. It is only valid during the call. */
  readonly take: (bytes: Buffer, from: number, to: number, isBinary: boolean) => void
  /** `done(false)` if it was refused. Where nothing is answered, it is done when it is written. */
  readonly send: (room: string, text: string, done: (isTaken: boolean) => void) => void
}

/** How the clients of one kind of server speak. */
export interface Dialect {
  /** Of the upgrade: the path, and more headers without their line ends. */
  readonly upgrade: (client: ClientPlan) => {
    readonly path: string
    readonly headers: readonly string[]
  }
  readonly open: (client: ClientPlan, line: Line) => Talk
  /** Reads a record. Throws if it is not one. */
  readonly read: (record: Buffer) => Said
}
