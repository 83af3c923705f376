import { connect, constants, type ClientHttp2Session } from 'node:http2'
import jwt from 'jsonwebtoken'
import type { PushPayload } from '@parley/message-schema'
import {
  outcomeOfStatus,
  PUSH_TIMEOUT_MS,
  PUSH_TTL_S,
  type PushAdapter,
  type PushOutcome,
} from './push-adapter.ts'

export interface ApnsPorts {
  /** PEM of the key that Apple gave (`.p8`). */
  readonly key: string
  readonly keyId: string
  readonly teamId: string
  /** The bundle id of the app. */
  readonly topic: string
  /** `https://api.push.apple.com` but in tests. */
  readonly baseUrl: string
  readonly now: () => Date
}

/** Apple refuses tokens that are older than an hour, and new ones every few minutes. */
const TOKEN_MS = 40 * 60_000
const GONE = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic', 'Unregistered', 'ExpiredToken'])
const ANSWER_CHARACTERS = 4_096

interface Answer {
  readonly status: number
  readonly reason: string | undefined
}

function createProviderTokens({ key, keyId, teamId, now }: ApnsPorts) {
  let current: { readonly token: string; readonly atMs: number } | undefined
  return {
    get(): string {
      const atMs = now().getTime()
      if (current === undefined || atMs - current.atMs > TOKEN_MS) {
        const token = jwt.sign({ iss: teamId, iat: Math.floor(atMs / 1_000) }, key, {
          algorithm: 'ES256',
          keyid: keyId,
        })
        current = { token, atMs }
      }
      return current.token
    },
    forget(): void {
      current = undefined
    },
  }
}

/** One connection for all, opened when it is needed and again after its end. */
function createConnection(baseUrl: string) {
  let session: ClientHttp2Session | undefined
  return {
    get(): ClientHttp2Session {
      if (session !== undefined && !session.closed && !session.destroyed) return session
      const opened = connect(baseUrl)
      const forget = (): void => {
        if (session === opened) session = undefined
      }
      // Its requests fail by themselves and are tried again.
      opened.on('error', forget)
      opened.on('close', forget)
      opened.on('goaway', forget)
      opened.unref()
      session = opened
      return opened
    },
    close(): void {
      session?.close()
    },
  }
}

function toApnsBody(payload: PushPayload): string {
  if (payload.type === 'clear') {
    return JSON.stringify({ aps: { 'content-available': 1 }, parley: payload })
  }
  const { title, body, roomId } = payload
  return JSON.stringify({
    aps: { alert: { title, body }, 'thread-id': roomId, sound: 'default', 'mutable-content': 1 },
    parley: payload,
  })
}

function request(
  session: ClientHttp2Session,
  headers: Record<string, string | number>,
  body: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ...headers, [constants.HTTP2_HEADER_METHOD]: 'POST' })
    let status = 0
    let text = ''
    stream.setTimeout(PUSH_TIMEOUT_MS, () => {
      stream.close(constants.NGHTTP2_CANCEL)
      reject(new Error('APNs did not answer.'))
    })
    stream.setEncoding('utf8')
    stream.on('response', (answer) => {
      status = Number(answer[constants.HTTP2_HEADER_STATUS])
    })
    stream.on('data', (chunk: string) => {
      if (text.length < ANSWER_CHARACTERS) text += chunk
    })
    stream.once('end', () => {
      resolve({ status, reason: /"reason"\s*:\s*"(\w+)"/u.exec(text)?.[1] })
    })
    stream.once('close', () => reject(new Error('APNs closed the stream.')))
    stream.once('error', reject)
    stream.end(body)
  })
}

function outcomeOf({ status, reason }: Answer): PushOutcome {
  if (reason !== undefined && GONE.has(reason)) return 'gone'
  if (status === 403) return 'retry'
  // A 404 is a path that is wrong, and no device.
  return status === 404 || status === 0 ? 'refused' : outcomeOfStatus(status)
}

/** APNs by HTTP/2, with a token. */
export function createApnsAdapter(ports: ApnsPorts): PushAdapter {
  const tokens = createProviderTokens(ports)
  const connection = createConnection(ports.baseUrl)
  return {
    kind: 'apns',
    async send({ address }, payload) {
      const isMessage = payload.type === 'message'
      try {
        const answer = await request(
          connection.get(),
          {
            [constants.HTTP2_HEADER_PATH]: `/3/device/${address.toLowerCase()}`,
            authorization: `bearer ${tokens.get()}`,
            'apns-topic': ports.topic,
            'apns-push-type': isMessage ? 'alert' : 'background',
            'apns-priority': isMessage ? 10 : 5,
            'apns-expiration': Math.floor(ports.now().getTime() / 1_000) + PUSH_TTL_S,
            'apns-collapse-id': payload.roomId,
          },
          toApnsBody(payload),
        )
        if (answer.status === 403) tokens.forget()
        return outcomeOf(answer)
      } catch {
        return 'retry'
      }
    },
    close: () => connection.close(),
  }
}
