import type { DeviceKind, PushPayload } from '@parley/message-schema'

export interface PushTarget {
  /** The endpoint of a Web Push subscription, or the token of an app. */
  readonly address: string
  /** Of Web Push. */
  readonly keys: { readonly p256dh: string; readonly auth: string } | null
}

/**
 * `gone`: the device is none any more, and is forgotten. `retry`: later, it may work. `refused`: it
 * never will, and the device is not to blame.
 */
export type PushOutcome = 'sent' | 'gone' | 'retry' | 'refused'

export interface PushAdapter {
  readonly kind: DeviceKind
  /** Never rejects. */
  readonly send: (target: PushTarget, payload: PushPayload) => Promise<PushOutcome>
  readonly close?: () => void
}

/** A device that was away for longer is not told: its next sync tells it. */
export const PUSH_TTL_S = 24 * 3600
/** For everything: connection, sending, answer. */
export const PUSH_TIMEOUT_MS = 10_000

/** What an answer means, where the service has no more to say. */
export function outcomeOfStatus(status: number): PushOutcome {
  if (status >= 200 && status < 300) return 'sent'
  if (status === 404 || status === 410) return 'gone'
  return status === 408 || status === 429 || status >= 500 ? 'retry' : 'refused'
}
