import jwt from 'jsonwebtoken'
import type { PushPayload } from '@parley/message-schema'
import { z } from 'zod'
import {
  outcomeOfStatus,
  PUSH_TIMEOUT_MS,
  PUSH_TTL_S,
  type PushAdapter,
  type PushOutcome,
} from './push-adapter.ts'

/** The parts that are used of the file that Google gives to a service account. */
export const ServiceAccount = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  token_uri: z.url(),
})
export type ServiceAccount = z.infer<typeof ServiceAccount>

export interface FcmPorts {
  readonly account: ServiceAccount
  /** `https://fcm.googleapis.com` but in tests. */
  readonly baseUrl: string
  readonly now: () => Date
}

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const ASSERTION_S = 3_600
/** A token is not used in its last minutes. */
const MARGIN_MS = 5 * 60_000

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number() })
const Failure = z.object({
  error: z.object({
    status: z.string().optional(),
    details: z.array(z.object({ errorCode: z.string().optional() })).optional(),
  }),
})

/** Tokens by OAuth, one at a time for all that wait. */
function createAccessTokens({ account, now }: FcmPorts) {
  let current: { readonly token: string; readonly untilMs: number } | undefined
  let asking: Promise<string> | undefined

  async function ask(): Promise<string> {
    const issuedAt = Math.floor(now().getTime() / 1_000)
    const assertion = jwt.sign(
      {
        iss: account.client_email,
        scope: SCOPE,
        aud: account.token_uri,
        iat: issuedAt,
        exp: issuedAt + ASSERTION_S,
      },
      account.private_key,
      { algorithm: 'RS256' },
    )
    const response = await fetch(account.token_uri, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion,
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(PUSH_TIMEOUT_MS),
    })
    if (!response.ok) throw new Error(`No access token for FCM: status ${response.status}.`)
    const { access_token: token, expires_in: ttlS } = Token.parse(await response.json())
    current = { token, untilMs: now().getTime() + ttlS * 1_000 - MARGIN_MS }
    return token
  }

  return {
    async get(): Promise<string> {
      if (current !== undefined && current.untilMs > now().getTime()) return current.token
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
    forget(): void {
      current = undefined
    },
  }
}

/** FCM takes strings only in `data`. */
function toFcmMessage(token: string, payload: PushPayload) {
  const { roomId } = payload
  const data = Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name === 'from' ? 'sender' : name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
  const isMessage = payload.type === 'message'
  return {
    message: {
      token,
      data,
      ...(isMessage && { notification: { title: payload.title, body: payload.body } }),
      android: {
        collapse_key: roomId,
        priority: isMessage ? 'HIGH' : 'NORMAL',
        ttl: `${PUSH_TTL_S}s`,
        ...(isMessage && { notification: { tag: roomId } }),
      },
      apns: {
        headers: { 'apns-collapse-id': roomId },
        ...(!isMessage && { payload: { aps: { 'content-available': 1 } } }),
      },
    },
  }
}

async function outcomeOf(response: Response): Promise<PushOutcome> {
  if (response.ok) {
    await response.body?.cancel()
    return 'sent'
  }
  const body: unknown = await response.json().catch(() => undefined)
  const codes = Failure.safeParse(body).data?.error.details?.map(({ errorCode }) => errorCode) ?? []
  if (codes.includes('UNREGISTERED') || codes.includes('SENDER_ID_MISMATCH')) return 'gone'
  return response.status === 401 ? 'retry' : outcomeOfStatus(response.status)
}

/** FCM by HTTP v1. */
export function createFcmAdapter(ports: FcmPorts): PushAdapter {
  const tokens = createAccessTokens(ports)
  const url = `${ports.baseUrl}/v1/projects/${ports.account.project_id}/messages:send`
  return {
    kind: 'fcm',
    async send({ address }, payload) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${await tokens.get()}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify(toFcmMessage(address, payload)),
          redirect: 'error',
          signal: AbortSignal.timeout(PUSH_TIMEOUT_MS),
        })
        if (response.status === 401) tokens.forget()
        return await outcomeOf(response)
      } catch {
        return 'retry'
      }
    },
  }
}
