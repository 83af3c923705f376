import { ParleyError, type MessageBody } from '@parley/message-schema'
import { fitting } from '../db/log/sized-rows.ts'
import type { MessageStore, StoredMessage } from '../db/messages/message-store.ts'
import type { AllowReading } from './reader-access.ts'

/** A message as it was between two edits. */
export interface MessageVersion {
  /** 0 is what was sent. */
  readonly version: number
  readonly text: string | null
  readonly payload?: NonNullable<MessageBody['payload']>
  /** When it came to be so. */
  readonly ts: string
}

export interface VersionRow {
  readonly version: number
  readonly ts: Date
  /** Of version 0 the whole body, of the others what an edit changed. */
  readonly change: Pick<MessageBody, 'text' | 'payload' | 'deleted'>
}

/** What a version is laid over: all that was there before it. */
export type VersionBody = Pick<MessageBody, 'text' | 'payload'>

/** Versions after one, ascending: at most `limit`, and fewer where they are long. Of what was never edited none. */
export type ReadVersions = (
  roomId: string,
  seq: number,
  after: number,
  limit: number,
) => Promise<{ readonly rows: readonly VersionRow[]; readonly hasMore: boolean }>

export interface VersionStore {
  readonly read: ReadVersions
  /** A message as it was at a version. */
  readonly bodyAt: (roomId: string, seq: number, version: number) => Promise<VersionBody>
}

/** Lays each change over what was there before it. Rows of one message, ascending. */
export function layOver(rows: readonly VersionRow[], before: VersionBody = {}): MessageVersion[] {
  let { text, payload } = before
  return rows.map(({ version, ts, change }) => {
    text = change.text ?? text
    payload = change.payload ?? payload
    return {
      version,
      text: text ?? null,
      ...(payload !== undefined && { payload }),
      ts: ts.toISOString(),
    }
  })
}

/** What an edit did not change stands in its version too, and counts there. */
const bytesOf = ({ text, payload }: MessageVersion): number =>
  Buffer.byteLength(text ?? '') +
  (payload === undefined ? 0 : Buffer.byteLength(JSON.stringify(payload)))

export interface VersionsPage {
  readonly data: MessageVersion[]
  readonly page: {
    readonly before: number | null
    readonly after: number | null
    readonly hasMoreBefore: boolean
    readonly hasMoreAfter: boolean
  }
}

export interface ListVersionsPorts {
  readonly allowReading: AllowReading
  readonly messages: Pick<MessageStore, 'read'>
  readonly versions: VersionStore
}

export type ListVersions = (
  userId: string,
  roomId: string,
  seq: number,
  query: { readonly after?: number | undefined; readonly limit: number },
) => Promise<VersionsPage>

/** Old bodies are for whoever may see the message, and gone with it. */
export function createListVersions(ports: ListVersionsPorts): ListVersions {
  const { allowReading, messages, versions } = ports
  return async (userId, roomId, seq, { after = -1, limit }) => {
    const { visibleFrom } = await allowReading(userId, roomId)
    const find = async () => (seq < visibleFrom ? [] : messages.read(roomId, [seq]))
    if ((await find()).length === 0) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such message.' })
    }
    const { rows, hasMore } = await versions.read(roomId, seq, after, limit)
    const isFirst = after < 0 || rows.length === 0
    const before = isFirst ? {} : await versions.bodyAt(roomId, seq, after)
    // Both asked after the reading: what was deleted, or whoever was removed, meanwhile.
    const [[message]] = await Promise.all([find(), allowReading(userId, roomId)])
    if (message === undefined || message.deletedAt !== null || message.body.deleted === true) {
      throw new ParleyError('GONE', { message: 'This message was deleted.' })
    }
    const all = rows.length === 0 && after < 0 ? [onlyVersionOf(message)] : layOver(rows, before)
    const weighed = all.map((version) => ({ version, bytes: bytesOf(version) }))
    const data = fitting(weighed).map(({ version }) => version)
    return {
      data,
      page: {
        before: data[0]?.version ?? null,
        after: data.at(-1)?.version ?? (after < 0 ? null : after),
        hasMoreBefore: after >= 0,
        hasMoreAfter: hasMore || data.length < all.length,
      },
    }
  }
}

/** Of what was never edited. */
function onlyVersionOf({ body: { text, payload }, ts }: StoredMessage): MessageVersion {
  return { version: 0, text: text ?? null, ...(payload && { payload }), ts: ts.toISOString() }
}
