import type { Message } from '@parley/message-schema'
import type { Attempt } from './load-client.ts'
import { done, refused, type Outcome } from './outcome.ts'
import type { Rest, RestRequest } from './rest.ts'

const PAGE = 50
/** A ban ends by itself before anybody gives up coming back. */
const BAN_S = 1

/** The request of docs/rest.md that an attempt is over plain HTTP; `null` if there is none. */
function restRequest(attempt: Attempt): RestRequest | null {
  const { op, roomId, key, ref = 0, value, mentions } = attempt
  const room = `/v1/rooms/${roomId}`
  const message = `${room}/messages/${ref}`
  const emoji = encodeURIComponent(String(value))
  switch (op) {
    case 'send':
      return {
        method: 'POST',
        path: `${room}/messages`,
        body: { clientMsgId: key, text: value, mentions },
      }
    case 'edit':
      return { method: 'PATCH', path: message, body: { clientMsgId: key, text: value } }
    case 'delete':
      return { method: 'DELETE', path: message, key }
    case 'react':
      return {
        method: attempt.mode === 'off' ? 'DELETE' : 'PUT',
        path: `${message}/reactions/${emoji}`,
      }
    case 'read':
      return { method: 'PUT', path: `${room}/read`, body: { upTo: value, mode: attempt.mode } }
    case 'history': {
      const around = ref > 0 ? `&around=${ref}` : ''
      return { method: 'GET', path: `${room}/messages?limit=${PAGE}${around}` }
    }
    case 'unread':
      return { method: 'GET', path: room }
    case 'join':
      return { method: 'PUT', path: `${room}/members/me`, body: {} }
    case 'leave':
      return { method: 'DELETE', path: `${room}/members/me` }
    case 'remove':
      return { method: 'POST', path: `${room}/kicks`, body: { userId: value } }
    case 'ban':
      return { method: 'PUT', path: `${room}/bans/${String(value)}`, body: { forS: BAN_S } }
    case 'presence':
      return { method: 'PUT', path: '/v1/me/presence', body: { text: value } }
    case 'search': {
      const query = new URLSearchParams({ q: String(value), roomId, limit: String(PAGE) })
      return { method: 'GET', path: `/v1/search?${query.toString()}` }
    }
    case 'typing':
      return null
  }
}

export async function attemptOverRest(rest: Rest, attempt: Attempt): Promise<Outcome> {
  const request = restRequest(attempt)
  if (request === null) return refused({ code: 'NOT_OVER_HTTP', retryable: false })
  const outcome = await rest(request)
  return outcome.type === 'ok' ? done(shorten(attempt.op, outcome.result)) : outcome
}

/** Of pages what can be compared; the rest would only fill the history. */
export function shorten(
  op: Attempt['op'],
  result: Record<string, unknown>,
): Record<string, unknown> {
  if (op === 'history') {
    const { data, head } = result as { data: Message[]; head: number }
    return { head, messages: data.map(shortenMessage) }
  }
  if (op === 'search') {
    const { data } = result as unknown as { data: { message: Pick<Message, 'seq' | 'roomId'> }[] }
    const roomIds = new Set(data.map(({ message }) => message.roomId))
    return { seqs: data.map(({ message }) => message.seq), roomIds: [...roomIds] }
  }
  if (op === 'unread') {
    const { head, me } = (result['room'] ?? {}) as { head?: number; me?: Record<string, unknown> }
    return { head, unread: me?.['unread'], mentions: me?.['mentions'], readSeq: me?.['readSeq'] }
  }
  if (op === 'join' || op === 'presence') return {}
  return result
}

export interface ShortMessage {
  readonly seq: number
  readonly msgNo: number
  readonly senderId: string
  readonly text: string | null
  readonly version: number
  readonly deleted: boolean
}

export const shortenMessage = (
  message: Pick<Message, 'seq' | 'msgNo' | 'sender' | 'text' | 'version' | 'deletedAt'>,
): ShortMessage => ({
  seq: message.seq,
  msgNo: message.msgNo,
  senderId: message.sender.id,
  text: message.text,
  version: message.version,
  deleted: message.deletedAt !== undefined,
})
