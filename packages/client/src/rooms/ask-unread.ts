import { unknownOutcome } from '../chat-error.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { RoomRecord } from './room-record.ts'

/**
 * One question for all rooms: its answer names the head at which each was counted. Rooms that it leaves
 * out have nothing unread; that held at our own place in their log, or was made so by a later move of the
 * cursor or a deletion, and both are told. Rejects where something came while it was counted: ask again.
 */
export async function askUnread(
  call: CallRoute,
  records: readonly RoomRecord[],
  mustReadInfo: (roomId: string) => void,
): Promise<void> {
  const before = records.map((record) => {
    const { readRevision: revision, log } = record
    return { record, revision, position: log.position }
  })
  const { data, total } = await call('GET /v1/me/unread')
  const rows = new Map(data.map((row) => [row.roomId, row]))
  const isWhole = data.length >= total.rooms
  let isLeft = false
  for (const { record, revision, position } of before) {
    if (!record.isMine || position === null) continue
    const row = rows.get(record.roomId)
    if (record.readRevision === revision) {
      if (row !== undefined) record.takeUnread(row, row.head)
      else if (isWhole) record.takeUnread({ unread: 0, mentions: 0 }, position)
    }
    if (record.isExact || record.pendingRead !== null) continue
    isLeft = true
    if (!isWhole && row === undefined) mustReadInfo(record.roomId)
  }
  if (isLeft) throw unknownOutcome()
}
