import type { Event, Message } from '@parley/message-schema'

/** The latest message of a room, without the name of who sent it. */
export interface LatestLine {
  readonly seq: number
  readonly senderId: string
  readonly text: string | null
  readonly ts: string
  readonly version: number
}

export function lineOf({ seq, sender, text, ts, version, deletedAt }: Message): LatestLine {
  return { seq, senderId: sender.id, text: deletedAt === undefined ? text : null, ts, version }
}

export interface LineChange {
  readonly line: LatestLine | null
  /** The event does not tell what it says now: read it. */
  readonly mustRead: boolean
}

/** The line after one more event. Events may overlap with what it was read from. */
export function changeLine(line: LatestLine | null, event: Event): LineChange {
  if (event.type === 'message:created') {
    if (line !== null && event.seq <= line.seq) return { line, mustRead: false }
    const { seq, ts, actor, data } = event
    const text = data.text ?? null
    return { line: { seq, senderId: actor.id, text, ts, version: 0 }, mustRead: false }
  }
  if (event.type === 'room:updated' && line !== null && line.seq <= (event.data.erasedTo ?? 0))
    return { line: { ...line, text: null }, mustRead: false }
  if (line === null || event.ref !== line.seq) return { line, mustRead: false }
  if (event.type === 'message:deleted') return { line: { ...line, text: null }, mustRead: false }
  if (event.type !== 'message:updated') return { line, mustRead: false }
  const { text, deleted, sealed, version } = event.data
  if (deleted === true) return { line: { ...line, text: null }, mustRead: false }
  if (sealed === true) return { line, mustRead: version > line.version }
  if (text === undefined || version <= line.version) return { line, mustRead: false }
  return { line: { ...line, text, version }, mustRead: false }
}
