import { ParleyError, type MessageBody } from '@parley/message-schema'
import { layOver, type ReadVersions, type VersionBody } from '../history/message-versions.ts'
import { jsonLine } from '../http/json-line.ts'

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
  /** Ascending, from and to included, at most `limit`, and fewer where they are long. */
  readonly page: (
    roomId: string,
    from: number,
    to: number,
    limit: number,
  ) => Promise<{ readonly messages: readonly ExportedMessage[]; readonly isLast: boolean }>
}

export interface ExportPorts {
  readonly store: ExportStore
  readonly readVersions: ReadVersions
}

/** Who asks, as of now; asked before every page (C8). Throws what they are refused with. */
export type AllowExport = () => Promise<{ readonly visibleFrom: number }>

/** Pieces of text, which together are lines of JSON. */
export type ExportRoom = (
  roomId: string,
  options: { readonly versions: boolean },
  allow: AllowExport,
  signal: AbortSignal,
) => Promise<AsyncGenerator<string>>

/** Their bodies are in memory at the same time, as far as they fit into one answer. */
const MESSAGES_AT_ONCE = 100
const VERSIONS_AT_ONCE = 100

/**
 * The head is read first, and what comes later is not exported; bodies are as they stand when their page
 * is read. Nothing is read before what was read before it was taken.
 */
export function createExportRoom({ store, readVersions }: ExportPorts): ExportRoom {
  return async (roomId, { versions }, allow, signal) => {
    await allow()
    const facts = await store.facts(roomId)
    if (facts === null) throw new ParleyError('NOT_FOUND', { message: 'There is no such room.' })
    const source: Source = {
      // After the reading: bodies are as of now, and so has the right to them to be.
      async standing() {
        const { visibleFrom } = await allow()
        const erasedTo = (await store.facts(roomId))?.erasedTo ?? facts.head
        return { visibleFrom, erasedTo }
      },
      page: (from) => store.page(roomId, from, facts.head, MESSAGES_AT_ONCE),
      versions: (seq, after) => readVersions(roomId, seq, after, VERSIONS_AT_ONCE),
      withVersions: versions,
      signal,
    }
    return pieces(roomId, facts, source)
  }
}

/** What one export reads. */
interface Source {
  readonly standing: () => Promise<{ readonly visibleFrom: number; readonly erasedTo: number }>
  readonly page: (from: number) => ReturnType<ExportStore['page']>
  readonly versions: (seq: number, after: number) => ReturnType<ReadVersions>
  readonly withVersions: boolean
  readonly signal: AbortSignal
}

async function* pieces(
  roomId: string,
  facts: ExportRoomFacts,
  source: Source,
): AsyncGenerator<string> {
  const { standing, page, withVersions, signal } = source
  const { visibleFrom } = await standing()
  let messages = 0
  let next = visibleFrom
  yield jsonLine({ kind: 'room', version: 1, ...roomLine(roomId, facts), visibleFrom })
  while (next <= facts.head && !signal.aborted) {
    const found = await page(next)
    const now = await standing()
    for (const one of found.messages) {
      if (one.seq < now.visibleFrom) continue
      const isErased = one.seq <= now.erasedTo
      const line = jsonLine(messageLine(one, isErased))
      if (withVersions && hasVersions(one) && !isErased) yield* addVersions(line, one.seq, source)
      else yield line
      messages += 1
    }
    if (found.isLast) break
    next = (found.messages.at(-1)?.seq ?? facts.head) + 1
  }
  if (!signal.aborted) yield jsonLine({ kind: 'end', messages, head: facts.head })
}

/** The line of a message with its versions in it. All of them may be too much to be held at the same time. */
async function* addVersions(
  line: string,
  seq: number,
  { versions, standing, signal }: Source,
): AsyncGenerator<string> {
  let before: VersionBody = {}
  let after = -1
  for (let hasMore = true; hasMore && !signal.aborted;) {
    const read = await versions(seq, after)
    const { visibleFrom, erasedTo } = await standing()
    const isGone = read.rows.some(({ change }) => change.deleted === true) || seq <= erasedTo
    if (isGone || seq < visibleFrom) break
    for (const version of layOver(read.rows, before)) {
      yield `${after < 0 ? `${line.slice(0, -2)},"versions":[` : ','}${JSON.stringify(version)}`
      after = version.version
      before = { text: version.text ?? undefined, payload: version.payload }
    }
    hasMore = read.hasMore
  }
  yield after < 0 ? line : ']}\n'
}

const hasVersions = ({ version, deletedAt }: ExportedMessage): boolean =>
  version > 0 && deletedAt === null

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
function messageLine(message: ExportedMessage, isErased: boolean): object {
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
  }
}
