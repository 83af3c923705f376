import { ParleyError, type MessageBody } from '@parley/message-schema'
import type { MessageStore } from '../db/messages/message-store.ts'
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
  readonly seq: number
  readonly version: number
  readonly ts: Date
  /** Of version 0 the whole body, of the others what an edit changed. */
  readonly change: Pick<MessageBody, 'text' | 'payload' | 'deleted'>
}

/** Of each message its versions, ascending; of one that was never edited nothing. */
export type ReadVersions = (
  roomId: string,
  seqs: readonly number[],
) => Promise<ReadonlyMap<number, MessageVersion[]>>

/** Lays each change over what was there before it. Rows of one message, ascending. */
export function layOver(rows: readonly VersionRow[]): MessageVersion[] {
  let text: string | undefined
  let payload: MessageBody['payload']
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
  readonly readVersions: ReadVersions
}

export type ListVersions = (
  userId: string,
  roomId: string,
  seq: number,
  query: { readonly after?: number | undefined; readonly limit: number },
) => Promise<VersionsPage>

/** Old bodies are for whoever may see the message, and gone with it. */
export function createListVersions(ports: ListVersionsPorts): ListVersions {
  const { allowReading, messages, readVersions } = ports
  return async (userId, roomId, seq, { after = -1, limit }) => {
    const { visibleFrom } = await allowReading(userId, roomId)
    const find = async () => (seq < visibleFrom ? [] : messages.read(roomId, [seq]))
    if ((await find()).length === 0) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such message.' })
    }
    const read = (await readVersions(roomId, [seq])).get(seq)
    // Both asked after the reading: what was deleted, or whoever was removed, meanwhile.
    const [[message]] = await Promise.all([find(), allowReading(userId, roomId)])
    if (message === undefined || message.deletedAt !== null || message.body.deleted === true) {
      throw new ParleyError('GONE', { message: 'This message was deleted.' })
    }
    const { text, payload } = message.body
    const only = {
      version: 0,
      text: text ?? null,
      ...(payload && { payload }),
      ts: message.ts.toISOString(),
    }
    const all = read ?? [only]
    const from = all.findIndex(({ version }) => version > after)
    const data = from === -1 ? [] : all.slice(from, from + limit)
    const last = data.at(-1)?.version
    return {
      data,
      page: {
        before: data[0]?.version ?? null,
        after: last ?? (after < 0 ? null : after),
        hasMoreBefore: after >= (all[0]?.version ?? 0),
        hasMoreAfter: last !== undefined && last < (all.at(-1)?.version ?? 0),
      },
    }
  }
}
