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

/**
 * The line after one more event, which may overlap with what it was read from. `undefined`: the event
 * does not tell what it says now, so it is to be read.
 */
export function changeLine(line: LatestLine | null, event: Event): LatestLine | null | undefined {
  if (event.type === 'message:created') {
    const { seq, ts, actor, data } = event
    if (line !== null && seq <= line.seq) return line
    return { seq, senderId: actor.id, text: data.text ?? null, ts, version: 0 }
  }
  if (line === null) return line
  const withoutText = { ...line, text: null }
  if (event.type === 'room:updated')
    return line.seq <= (event.data.erasedTo ?? 0) ? withoutText : line
  if (event.ref !== line.seq) return line
  if (event.type === 'message:deleted') return withoutText
  if (event.type !== 'message:updated') return line
  const { text, deleted, sealed, version } = event.data
  if (deleted === true) return withoutText
  if (version <= line.version) return line
  if (sealed === true) return undefined
  return text === undefined ? line : { ...line, text, version }
}
