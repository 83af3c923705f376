import type { IndexedHistory, LogEntry, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** The committed events of a room are 1, 2, 3, …: without holes or repeats, up to its head. */
export function denseLog({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    const { log, roomId, repeated } = room
    for (const { seq, lines } of repeated) {
      inquiry.report(lines, () => `${seq} stands twice in room ${roomId}`, roomId)
    }
    if (log.knownFrom === Infinity) continue
    // What was only handed out before the quiet may lie beyond what was read then.
    const known = log.entries.filter(({ seq }) => seq >= log.knownFrom)
    findHoles(inquiry, room, known)
    if (room.log.isDumped) findWrongEnd(inquiry, room, known)
  }
  return inquiry
}

function findHoles(inquiry: Inquiry, room: Room, known: readonly LogEntry[]): void {
  const { roomId, state, log } = room
  let before: LogEntry | undefined
  let msgNo = 0
  for (const entry of known) {
    inquiry.looked += 1
    const { seq, line, facts } = entry
    const expected = before === undefined ? log.knownFrom : before.seq + 1
    if (seq !== expected) {
      const lines = [before?.line ?? state?.line, line]
      inquiry.report(
        lines,
        () => `${rangeOf(expected, seq - 1)} is missing in room ${roomId}`,
        roomId,
      )
    }
    before = entry
    if (facts.msgNo === undefined) continue
    const [last, isKnown] = [msgNo, log.knownFrom === 1 || msgNo > 0]
    msgNo = facts.msgNo
    if (!isKnown || seq !== expected || msgNo === last + 1) continue
    inquiry.report([line], () => `message ${msgNo} follows ${last} in room ${roomId}`, roomId)
  }
}

const rangeOf = (from: number, to: number): string => (from === to ? `${from}` : `${from} to ${to}`)

function findWrongEnd(inquiry: Inquiry, room: Room, known: readonly LogEntry[]): void {
  const { roomId, state } = room
  if (state === undefined) return
  inquiry.looked += 1
  const last = known.at(-1)
  if ((last?.seq ?? 0) !== state.head) {
    const says = `room ${roomId} says that its head is ${state.head}, and its last event is ${last?.seq ?? 0}`
    inquiry.report([last?.line, state.line], () => says, roomId)
  }
  const counted = known.findLast(({ facts }) => facts.msgNo !== undefined)
  if ((counted?.facts.msgNo ?? 0) === state.lastMsgNo) return
  const says = `room ${roomId} says that ${state.lastMsgNo} was its last message, and it is ${counted?.facts.msgNo ?? 0}`
  inquiry.report([counted?.line, state.line], () => says, roomId)
}
