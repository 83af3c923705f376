import { hideClientMsgId, type Event } from '@parley/message-schema'
import type { PostResult, PostWebhook } from './post-webhook.ts'
import { retryDelay, type RetryTerms } from './retry-delay.ts'
import { wantsRoom, type WebhookSettings } from './webhook-settings.ts'

/** A room of a webhook, or a replay, that this worker alone has in hand for a while. */
export interface Claim {
  readonly webhookId: string
  readonly roomId: string
  readonly replayId: string | null
  /** Whoever has another one has taken the room over. */
  readonly token: Buffer
  readonly nextSeq: number
  readonly toSeq: number
  readonly attempts: number
  readonly failingSince: Date | null
}

export interface Outcome {
  readonly event: Event
  readonly result: PostResult
  readonly status: 'pending' | 'delivered' | 'failed'
  readonly nextAttemptAt: Date | null
}

export interface DeliveryStore {
  /** The cursor moves behind it. False if the claim was lost: then this worker goes no further. */
  readonly delivered: (claim: Claim, outcome: Outcome) => Promise<boolean>
  /** Gives the room back, to be tried again after `delayMs`; null ends a replay. */
  readonly failed: (claim: Claim, outcome: Outcome, delayMs: number | null) => Promise<void>
  /** Gives the room back; what has come meanwhile is due at once. A replay that is done goes. */
  readonly release: (claim: Claim, nextSeq: number) => Promise<void>
  readonly drop: (claim: Claim) => Promise<void>
  readonly hold: (webhookId: string, until: Date) => Promise<void>
  readonly disable: (webhookId: string, reason: string) => Promise<void>
}

export interface DeliverPorts {
  readonly store: DeliveryStore
  readonly readEvents: (
    roomId: string,
    from: number,
    to: number,
    limit: number,
  ) => Promise<readonly Event[]>
  readonly post: PostWebhook
  readonly terms: RetryTerms & { readonly giveUpMs: number }
  readonly observe?: (outcome: Outcome) => void
}

export type DeliverRoom = (
  webhook: WebhookSettings,
  claim: Claim,
  signal: AbortSignal,
) => Promise<void>

const EVENTS_AT_ONCE = 20
/** What was read is sent within this: else it is read again, as it may have been erased. */
const FRESH_MS = 1_000
/** Then it is another room's turn. */
const TURN_MS = 3_000

/**
 * Events that are read as any reader gets them: nothing is copied, so nothing outlives an erasure. The
 * id says which one it is, and is the same however often it comes.
 */
function toMessage(roomId: string, event: Event): { id: string; body: string } {
  const shown = hideClientMsgId(event, undefined)
  return {
    id: `${roomId}:${event.seq}`,
    body: JSON.stringify({ type: event.type, roomId, event: shown }),
  }
}

/** Sends what a room has, event by event in order, until there is no more, one fails, or the turn ends. */
export function createDeliverRoom(ports: DeliverPorts): DeliverRoom {
  const { store, readEvents, post, terms } = ports

  async function giveUp(claim: Claim, result: PostResult): Promise<boolean> {
    const failingMs = claim.failingSince === null ? 0 : Date.now() - claim.failingSince.getTime()
    const isGone = result.statusCode === 410
    if (!isGone && failingMs < terms.giveUpMs) return false
    // A replay was asked for by hand: it ends, and what is sent as it comes goes on.
    if (claim.replayId !== null && !isGone) return true
    const reason = isGone
      ? 'The endpoint answered 410 Gone.'
      : `A delivery failed for ${Math.round(failingMs / 60_000)} minutes. Last: ${result.error}`
    await store.disable(claim.webhookId, reason.slice(0, 300))
    return true
  }

  async function onFailure(claim: Claim, event: Event, result: PostResult): Promise<void> {
    const isOver = await giveUp(claim, result)
    const pauseMs = result.retryAfterMs ?? 0
    const delayMs = Math.max(retryDelay(claim.attempts + 1, terms, Math.random()), pauseMs)
    const outcome: Outcome = {
      event,
      result,
      status: isOver ? 'failed' : 'pending',
      nextAttemptAt: isOver ? null : new Date(Date.now() + delayMs),
    }
    ports.observe?.(outcome)
    if (pauseMs > 0) await store.hold(claim.webhookId, new Date(Date.now() + pauseMs))
    await store.failed(claim, outcome, isOver && claim.replayId !== null ? null : delayMs)
  }

  /** The place to go on from; undefined if the room is out of this worker's hands. */
  async function deliverSome(
    webhook: WebhookSettings,
    claim: Claim,
    from: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const events = await readEvents(claim.roomId, from, claim.toSeq, EVENTS_AT_ONCE)
    const readAt = performance.now()
    let next = from
    for (const event of events) {
      if (signal.aborted || performance.now() - readAt > FRESH_MS) return next
      next = event.seq + 1
      if (webhook.events !== null && !webhook.events.has(event.type)) continue
      const result = await post(webhook, toMessage(claim.roomId, event))
      // Attempts and failures before belong to the event that the claim began with.
      const held =
        event.seq === claim.nextSeq ? claim : { ...claim, attempts: 0, failingSince: null }
      if (!result.delivered) {
        await onFailure(held, event, result)
        return undefined
      }
      const outcome: Outcome = { event, result, status: 'delivered', nextAttemptAt: null }
      ports.observe?.(outcome)
      if (!(await store.delivered(claim, outcome))) return undefined
    }
    // Long ones come in shorter pages: only an empty one is the end.
    return events.length === 0 ? claim.toSeq + 1 : next
  }

  return async (webhook, claim, signal) => {
    if (!wantsRoom(webhook, claim.roomId)) return store.drop(claim)
    const startedAt = performance.now()
    let next: number | undefined = claim.nextSeq
    while (next <= claim.toSeq) {
      if (signal.aborted || performance.now() - startedAt > TURN_MS) break
      next = await deliverSome(webhook, claim, next, signal)
      if (next === undefined) return
    }
    await store.release(claim, next)
  }
}
