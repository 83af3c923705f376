import { hash } from 'node:crypto'

/** What is kept of an event: enough to compare it, and to know who is in a room. No texts. */
export interface EventFacts {
  readonly type: string
  readonly actorId: string
  readonly ref: number | undefined
  readonly msgNo: number | undefined
  /** `deleted`: a tombstone. `sealed`: an edit that says only that there was one. */
  readonly form: 'whole' | 'deleted' | 'sealed'
  /** Whether words, or what stands for them, are in it. */
  readonly says: boolean
  /** Marked as one whose words no reader of the log is given. */
  readonly isSealed: boolean
  /** What stays the same whatever happens to the message, by any path and in the row. */
  readonly core: string
  /** What rows of the history do not have: `ts`, the kind of the actor. */
  readonly envelope: string | undefined
  /** All of `data`. */
  readonly body: string
  readonly text: string | undefined
  /** `message:created`: whom it names, were they members; `@room` and `@here` among them. */
  readonly mentions: readonly string[] | undefined
  /** `member:joined`, `member:left`: whom it is about. */
  readonly userId: string | undefined
  /** `room:updated`, where it says so. */
  readonly history: string | undefined
  readonly erasedTo: number | undefined
  /** `message:updated`, with whether that is a new one. */
  readonly version: number | undefined
  readonly isNewVersion: boolean
  /** `reaction:changed`: which one, and whether it was set. */
  readonly reaction: { readonly key: string; readonly isOn: boolean } | undefined
}

/** As it comes: a part of it would keep the whole. */
export const digest = (text: string): string => hash('sha1', text, 'base64')

/** JSON whose keys are in order, so that the same value is the same text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, held]) => held !== undefined)
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, held]) => `${JSON.stringify(key)}:${canonical(held)}`).join()}}`
}

/** Erased with the message; without any of them an event says nothing of its own. */
const WORDS = ['text', 'payload', 'attachments', 'previews', 'mentions', 'replyTo']

type Fields = Readonly<Record<string, unknown>>

function lasting(type: string, data: Fields): unknown {
  const { type: kind, threadId, importedAt, version } = data
  if (type === 'message:created') return { kind, threadId, importedAt }
  return type === 'message:updated' ? { version } : data
}

const stringOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

function mentionsOf({ mentions, mentionAll }: Fields): readonly string[] | undefined {
  const named = Array.isArray(mentions) ? mentions.filter((id) => typeof id === 'string') : []
  if (typeof mentionAll === 'string') named.push(`@${mentionAll}`)
  return named.length === 0 ? undefined : named
}

interface Parts {
  readonly seq: unknown
  readonly type: string
  readonly actorId: string
  readonly ref: number | undefined
  readonly msgNo: number | undefined
  readonly data: Fields
  readonly envelope: string | undefined
}

function toFacts({ seq, type, actorId, ref, msgNo, data, envelope }: Parts): EventFacts {
  const isMessage = type === 'message:created' || type === 'message:updated'
  const says = isMessage && WORDS.some((name) => data[name] !== undefined)
  const { sealed, ...shown } = data
  const isSealed = isMessage && sealed === true
  const isDeleted = isMessage && data['deleted'] === true
  const text = stringOf(data['text'])
  return {
    type,
    actorId,
    ref,
    msgNo,
    form: isDeleted ? 'deleted' : isSealed && !says ? 'sealed' : 'whole',
    says,
    isSealed,
    core: digest(canonical([seq, type, actorId, ref, msgNo, lasting(type, data)])),
    envelope,
    body: digest(canonical(isSealed ? shown : data)),
    text: text === undefined ? undefined : digest(text),
    mentions: type === 'message:created' ? mentionsOf(data) : undefined,
    userId: stringOf(data['userId']),
    history: stringOf(data['history']),
    erasedTo: numberOf(data['erasedTo']),
    version: type === 'message:updated' ? numberOf(data['version']) : undefined,
    isNewVersion: data['previews'] === undefined,
    reaction:
      type === 'reaction:changed'
        ? { key: stringOf(data['key']) ?? '', isOn: data['on'] === true }
        : undefined,
  }
}

/** Of an event as a reader was handed it. `clientMsgId` is its author's business. */
export function factsOfEvent(event: Fields): EventFacts {
  const { seq, type, ref, msgNo, data, clientMsgId: _, ...rest } = event
  return toFacts({
    seq,
    type: stringOf(type) ?? '',
    actorId: stringOf(fieldsOf(event['actor'])['id']) ?? '',
    ref: numberOf(ref),
    msgNo: numberOf(msgNo),
    data: fieldsOf(data),
    envelope: digest(canonical(rest)),
  })
}

export interface RowParts {
  readonly seq: number
  readonly type: string
  readonly actorId: string
  readonly ref: number | null
  readonly msgNo: number | null
  readonly data: Fields
}

export const factsOfRow = ({ seq, type, actorId, ref, msgNo, data }: RowParts): EventFacts =>
  toFacts({
    seq,
    type,
    actorId,
    ref: ref ?? undefined,
    msgNo: msgNo ?? undefined,
    data,
    envelope: undefined,
  })
