import { ParleyError, type MessageBody } from '@parley/message-schema'
import type { MessageVersion, ReadVersions } from '../history/message-versions.ts'

export interface ExportRoomFacts {
  readonly kind: string
  readonly name: string | null
  readonly topic: string | null
  readonly visibility: string
  readonly history: string
  readonly createdAt: Date
  readonly head: number
  /** Bodies up to here are to be gone, if they are not yet. */
  readonly erasedTo: number
}

export interface ExportedMessage {
  readonly seq: number
  readonly msgNo: number | null
  readonly senderId: string
  readonly username: string | null
  readonly displayName: string | null
  readonly ts: Date
  readonly body: MessageBody
  readonly version: number
  readonly editedAt: Date | null
  readonly deletedAt: Date | null
}

export interface ExportStore {
  /** `null` for a room that is not there. */
  readonly facts: (roomId: string) => Promise<ExportRoomFacts | null>
  /** Ascending, from and to included. */
  readonly page: (
    roomId: string,
    from: number,
    to: number,
    limit: number,
  ) => Promise<ExportedMessage[]>
}

export interface ExportPorts {
  readonly store: ExportStore
  readonly readVersions: ReadVersions
}

/** Who asks, as of now; asked before every page (C8). Throws what they are refused with. */
export type AllowExport = () => Promise<{ readonly visibleFrom: number }>

export type ExportRoom = (
  roomId: string,
  options: { readonly versions: boolean },
  allow: AllowExport,
  signal: AbortSignal,
) => Promise<AsyncGenerator<string>>

/** Their bodies are in memory at the same time. */
const MESSAGES_AT_ONCE = 100

/**
 * Lines of JSON. The head is read first, and what comes later is not exported; bodies are as they
 * stand when their page is read. Nothing is read before the page before it was taken.
 */
export function createExportRoom({ store, readVersions }: ExportPorts): ExportRoom {
  async function* pages(
    roomId: string,
    facts: ExportRoomFacts,
    withVersions: boolean,
    allow: AllowExport,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    const { visibleFrom } = await allow()
    let messages = 0
    let next = visibleFrom
    yield toLine({ kind: 'room', version: 1, ...roomLine(roomId, facts), visibleFrom })
    while (next <= facts.head && !signal.aborted) {
      const found = await store.page(roomId, next, facts.head, MESSAGES_AT_ONCE)
      const edited = withVersions ? found.filter(hasVersions).map(({ seq }) => seq) : []
      const versions = await readVersions(roomId, edited)
      // After the reading: bodies are as of now, and so has the right to them to be.
      const access = await allow()
      const current = (await store.facts(roomId))?.erasedTo ?? facts.head
      const shown = found.filter(({ seq }) => seq >= access.visibleFrom)
      if (shown.length > 0) {
        yield shown
          .map((one) => toLine(messageLine(one, one.seq <= current, versions.get(one.seq))))
          .join('')
      }
      messages += shown.length
      if (found.length < MESSAGES_AT_ONCE) break
      next = (found.at(-1)?.seq ?? facts.head) + 1
    }
    if (!signal.aborted) yield toLine({ kind: 'end', messages, head: facts.head })
  }

  return async (roomId, { versions }, allow, signal) => {
    await allow()
    const facts = await store.facts(roomId)
    if (facts === null) throw new ParleyError('NOT_FOUND', { message: 'There is no such room.' })
    return pages(roomId, facts, versions, allow, signal)
  }
}

const hasVersions = ({ version, deletedAt }: ExportedMessage): boolean =>
  version > 0 && deletedAt === null

const toLine = (value: object): string => `${JSON.stringify(value)}\n`

const roomLine = (roomId: string, facts: ExportRoomFacts) => ({
  roomId,
  roomKind: facts.kind,
  name: facts.name,
  topic: facts.topic,
  visibility: facts.visibility,
  history: facts.history,
  createdAt: facts.createdAt.toISOString(),
  head: facts.head,
})

/** `ts` is when it was said, also if that was elsewhere: then `importedTs` is when it came here. */
function messageLine(
  message: ExportedMessage,
  isErased: boolean,
  versions: readonly MessageVersion[] | undefined,
): object {
  const { seq, msgNo, senderId, username, displayName, ts, body, version } = message
  const { importedAt, importedEditAt, deleted, ...content } = body
  const isDeleted = isErased || deleted === true || message.deletedAt !== null
  const line = {
    kind: 'message',
    id: String(seq),
    seq,
    ...(msgNo !== null && { msgNo }),
    senderId,
    sender: { id: senderId, username, displayName: displayName ?? senderId },
    ts: importedAt ?? ts.toISOString(),
    ...(importedAt !== undefined && { importedTs: ts.toISOString() }),
    version,
  }
  if (isDeleted) {
    const deletedAt = message.deletedAt?.toISOString()
    return {
      ...line,
      type: body.type,
      deleted: true,
      ...(deletedAt !== undefined && { deletedAt }),
    }
  }
  const editedAt = message.editedAt?.toISOString() ?? importedEditAt
  return {
    ...line,
    ...content,
    ...(editedAt !== undefined && { editedAt }),
    ...(versions !== undefined && { versions }),
  }
}
