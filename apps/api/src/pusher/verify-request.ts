import { createHash } from 'node:crypto'
import { ParleyError } from '@parley/message-schema'
import { hmacHex, isEqualText } from './equal-text.ts'
import type { PusherApp } from './pusher-env.ts'

export interface SignedRequest {
  readonly method: string
  /** As it was sent, with what is escaped in it. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Buffer
}

const WITHIN_S = 600

const refused = (message: string): ParleyError => new ParleyError('AUTH_INVALID', { message })

/** Names in lower case, sorted; values as they are, not escaped; all but the signature itself. */
function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name !== 'auth_signature')
  const names = new Set(pairs.map(([name]) => name))
  if (names.size !== pairs.length) throw refused('A parameter is given twice.')
  return pairs
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** The app that has signed this. The clock is asked last: who does not know the secret learns nothing. */
export function verifyRequest(
  apps: readonly PusherApp[],
  { method, path, query, body }: SignedRequest,
  nowMs: number,
): PusherApp {
  const key = query.get('auth_key') ?? ''
  const app = apps.find((one) => isEqualText(key, one.key))
  if (app === undefined) throw refused('auth_key is of no app.')
  if (query.get('auth_version') !== '1.0') throw refused('auth_version must be 1.0.')
  const text = [method.toUpperCase(), path, canonicalQuery(query)].join('\n')
  if (!isEqualText(query.get('auth_signature') ?? '', hmacHex(app.secret, text))) {
    throw refused('auth_signature is not what this request needs.')
  }
  const md5 = createHash('md5').update(body).digest('hex')
  const given = query.get('body_md5')
  if ((body.length > 0 || given !== null) && !isEqualText(given ?? '', md5)) {
    throw refused('body_md5 is not that of the body.')
  }
  const timestamp = Number(query.get('auth_timestamp'))
  if (!(Math.abs(nowMs / 1_000 - timestamp) <= WITHIN_S)) {
    throw refused(
      `auth_timestamp must be within ${WITHIN_S} seconds of ${Math.floor(nowMs / 1_000)}.`,
    )
  }
  return app
}
