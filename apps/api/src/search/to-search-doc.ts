import type { MessageBody } from '@parley/message-schema'
import type { RemovedDoc, SearchDoc } from './search-index.ts'

/** A message as it stands now, as far as a search is concerned. */
export interface FoundMessage {
  readonly roomId: string
  readonly seq: number
  readonly senderId: string
  readonly ts: Date
  readonly body: MessageBody
  readonly isDeleted: boolean
}

const LINK = /https?:\/\/[^\s]/iu

/** What somebody searches in: the text first, then the names of files. */
export const fieldsOf = ({ text, attachments }: MessageBody): string[] => [
  text ?? '',
  ...(attachments ?? []).map(({ name }) => name),
]

/** When it was sent, also if that was elsewhere. Seconds. */
export const searchedAt = ({ body, ts }: Pick<FoundMessage, 'body' | 'ts'>): number => {
  const ms = body.importedAt === undefined ? ts.getTime() : Date.parse(body.importedAt)
  return Math.min(Math.max(0, Math.floor(ms / 1_000)), 2 ** 32 - 2)
}

export const hasLinkIn = ({ text }: MessageBody): boolean => LINK.test(text ?? '')

export function toSearchDoc(message: FoundMessage, revision: number): SearchDoc {
  const { roomId, seq, senderId, body } = message
  return {
    roomId,
    seq,
    revision,
    at: searchedAt(message),
    senderId,
    ...(body.threadId !== undefined && { threadId: body.threadId }),
    hasFile: (body.attachments?.length ?? 0) > 0,
    hasLink: hasLinkIn(body),
    fields: fieldsOf(body),
  }
}

export const toRemovedDoc = ({ roomId, seq }: FoundMessage, revision: number): RemovedDoc => ({
  roomId,
  seq,
  revision,
})
