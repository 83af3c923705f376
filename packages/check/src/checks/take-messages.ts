import { digest } from './event-facts.ts'
import type { Operation, Room, ShownMessage } from './indexed-history.ts'

type Fields = Readonly<Record<string, unknown>>

/** Keeps an answer to `history`: `{ messages: [{ seq, msgNo, senderId, text, version, deleted }], isAll }`. */
export function takeMessages(room: Room, asked: Operation, result: Fields | undefined): void {
  if (!Array.isArray(result?.['messages'])) return
  const messages = result['messages'].flatMap((one: unknown) => {
    const shown = typeof one === 'object' && one !== null ? toShown(one as Fields) : undefined
    return shown === undefined ? [] : [keepOnce(room, shown)]
  })
  const { line, process, userId, invokedMs, completedMs } = asked
  const isAll = result['isAll'] === true
  room.messageReads.push({ line, process, userId, invokedMs, completedMs, isAll, messages })
}

function toShown({
  seq,
  msgNo,
  senderId,
  text,
  version,
  deleted,
}: Fields): ShownMessage | undefined {
  if (typeof seq !== 'number' || typeof senderId !== 'string') return undefined
  return {
    seq,
    msgNo: typeof msgNo === 'number' && msgNo > 0 ? msgNo : undefined,
    senderId,
    version: typeof version === 'number' ? version : 0,
    text: typeof text === 'string' && text !== '' ? digest(text) : undefined,
    isDeleted: deleted === true,
  }
}

function keepOnce({ shown }: Room, message: ShownMessage): ShownMessage {
  const { seq, version, text = '', isDeleted, msgNo = 0, senderId } = message
  const key = [seq, version, text, isDeleted, msgNo, senderId].join(' ')
  const known = shown.get(key)
  if (known !== undefined) return known
  shown.set(key, message)
  return message
}
