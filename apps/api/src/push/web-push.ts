import webPush from 'web-push'
import type { PushPayload } from '@parley/message-schema'
import type { GuardedFetch } from '../outgoing/guarded-fetch.ts'
import { OutgoingError } from '../outgoing/outgoing-error.ts'
import {
  outcomeOfStatus,
  PUSH_TIMEOUT_MS,
  PUSH_TTL_S,
  type PushAdapter,
  type PushOutcome,
  type PushTarget,
} from './push-adapter.ts'

export interface VapidKeys {
  /** Base64url, as browsers and `web-push` write them. */
  readonly publicKey: string
  readonly privateKey: string
  /** `mailto:` or `https:`: whom a push service asks when something is wrong. */
  readonly subject: string
}

export interface WebPushPorts {
  readonly vapid: VapidKeys
  /** Endpoints are addresses that somebody else chose. */
  readonly fetch: GuardedFetch
}

const ANSWER_BYTES = 4_096

/** RFC 8030, encrypted for the device (RFC 8291) and signed by us (RFC 8292). */
export function createWebPushAdapter({ vapid, fetch }: WebPushPorts): PushAdapter {
  async function post(target: PushTarget, payload: PushPayload): Promise<PushOutcome> {
    if (target.keys === null) return 'gone'
    const request = webPush.generateRequestDetails(
      { endpoint: target.address, keys: target.keys },
      JSON.stringify(payload),
      {
        vapidDetails: vapid,
        TTL: PUSH_TTL_S,
        urgency: payload.type === 'message' ? 'high' : 'normal',
        // What the service still holds for a device that is away is replaced by what is newer.
        topic: payload.roomId.replaceAll('-', ''),
        contentEncoding: 'aes128gcm',
      },
    )
    const answer = await fetch(target.address, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      timeoutMs: PUSH_TIMEOUT_MS,
      maxBytes: ANSWER_BYTES,
    })
    return outcomeOfStatus(answer.status)
  }

  return {
    kind: 'webpush',
    async send(target, payload) {
      try {
        return await post(target, payload)
      } catch (error) {
        if (error instanceof OutgoingError) return error.reason === 'refused' ? 'gone' : 'retry'
        // Keys that are no keys.
        return 'gone'
      }
    },
  }
}
