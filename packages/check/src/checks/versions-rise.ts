import type { IndexedHistory } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** Each edit of a message makes a later version than all before it. */
export function versionsRise({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const { roomId, log } of rooms.values()) {
    const before = new Map<number, { readonly version: number; readonly line: number }>()
    for (const { facts, line, seq } of log.entries) {
      const { ref, version, isNewVersion } = facts
      if (ref === undefined || version === undefined) continue
      inquiry.looked += 1
      const last = before.get(ref)
      before.set(ref, { version, line })
      // Previews come with the version that they belong to, and their tombstones do not tell them apart.
      const mayRepeat = !isNewVersion || facts.form !== 'whole'
      const isNext =
        version > (last?.version ?? 0) || (mayRepeat && version === (last?.version ?? 0))
      if (isNext) continue
      const says = (): string =>
        `${seq} of room ${roomId} makes ${ref} version ${version}, after version ${last?.version ?? 0}`
      inquiry.report([last?.line, line], says, roomId)
    }
  }
  return inquiry
}
