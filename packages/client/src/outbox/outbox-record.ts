import type { ErrorBody } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { OutboxEntry } from './outbox.ts'

/** An entry as it is kept. */
export interface OutboxRecord {
  readonly clientMsgId: string
  readonly roomId: string
  readonly command: OutboxEntry['command']
  readonly createdAt: number
  /** Rises with every entry: entries are sent in this order. */
  readonly order: string
  /** Which tab sends it. */
  readonly tabId: string
  /** It may have reached the server. Set before it is sent. */
  readonly isTried: boolean
  /** It was refused for good. */
  readonly error: ErrorBody | null
}

const PREFIX = 'outbox:'
export const OUTBOX_KEYS = PREFIX

export const keyOf = ({ order, clientMsgId }: OutboxRecord): string =>
  `${PREFIX}${order}:${clientMsgId}`

/** What the server knows a command by. */
export const placeOf = ({
  roomId,
  clientMsgId,
}: Pick<OutboxRecord, 'roomId' | 'clientMsgId'>): string => `${roomId} ${clientMsgId}`

/** Times of 15 digits last for 30,000 years. */
export const orderOf = (at: number, count: number): string =>
  `${String(at).padStart(15, '0')}.${String(count).padStart(6, '0')}`

/** The time and the number in it. */
export const readOrder = (order: string): readonly [at: number, count: number] => [
  Number(order.slice(0, 15)) || 0,
  Number(order.slice(16)) || 0,
]

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** `null`: an older or newer program has kept something else. */
export function readRecord(value: unknown): OutboxRecord | null {
  if (!isRecord(value) || !isRecord(value['command'])) return null
  const texts = ['clientMsgId', 'roomId', 'order', 'tabId']
  const fits =
    texts.every((name) => typeof value[name] === 'string') &&
    typeof value['createdAt'] === 'number' &&
    ['send', 'edit', 'delete'].includes(String(value['command']['kind']))
  return fits ? (value as unknown as OutboxRecord) : null
}

export const toEntry = (record: OutboxRecord): OutboxEntry => ({
  clientMsgId: record.clientMsgId,
  roomId: record.roomId,
  command: record.command,
  createdAt: record.createdAt,
  state: record.error === null ? 'pending' : 'failed',
  error: record.error === null ? null : new ChatError(record.error),
})

export const toErrorBody = (error: ChatError): ErrorBody => ({
  code: error.code,
  message: error.message,
  retryable: error.isRetryable,
  requestId: error.requestId,
  ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  ...(error.details !== undefined && { details: error.details }),
})
