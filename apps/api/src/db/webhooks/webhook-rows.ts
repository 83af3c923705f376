import type { Webhook } from '@parley/message-schema'
import type { WebhookSettings } from '../../webhooks/webhook-settings.ts'
import { fromBytes } from '../binary-id.ts'

/** The cursor of what is sent as it comes; replays have ids of their own. */
export const LIVE = Buffer.alloc(16)

export interface WebhookRow {
  readonly id: Buffer
  readonly url: string
  readonly description: string
  readonly events: string | null
  readonly room_ids: string | null
  readonly secret: Buffer
  readonly previous_secret: Buffer | null
  readonly previous_until: Date | null
  readonly starts_at: Date
  readonly hold_until: Date | null
  readonly disabled_at: Date | null
  readonly disabled_reason: string | null
  readonly created_at: Date
  readonly created_by: string
  readonly failing_since?: Date | null
}

const list = (json: string | null): string[] | null =>
  json === null ? null : (JSON.parse(json) as string[])
const setOf = (json: string | null): ReadonlySet<string> | null =>
  json === null ? null : new Set(list(json))
const isAhead = (time: Date | null, now: Date): time is Date => time !== null && time > now
const iso = (time: Date | null | undefined): string | null => time?.toISOString() ?? null

export function toSettings(row: WebhookRow, now = new Date()): WebhookSettings {
  const { previous_secret: previous } = row
  const hasPrevious = previous !== null && isAhead(row.previous_until, now)
  return {
    id: fromBytes(row.id),
    url: row.url,
    secrets: [row.secret, ...(hasPrevious ? [previous] : [])],
    events: setOf(row.events),
    roomIds: setOf(row.room_ids),
    startsAt: row.starts_at,
    isDisabled: row.disabled_at !== null,
    isOnHold: isAhead(row.hold_until, now),
  }
}

export function toWebhook(row: WebhookRow, now = new Date()): Webhook {
  const enabled = (row.failing_since ?? null) === null ? 'active' : 'failing'
  return {
    id: fromBytes(row.id),
    url: row.url,
    description: row.description,
    events: list(row.events),
    roomIds: list(row.room_ids),
    status: row.disabled_at === null ? enabled : 'disabled',
    failingSince: iso(row.failing_since),
    disabledAt: iso(row.disabled_at),
    disabledReason: row.disabled_reason,
    holdUntil: isAhead(row.hold_until, now) ? iso(row.hold_until) : null,
    previousSecretUntil: isAhead(row.previous_until, now) ? iso(row.previous_until) : null,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  }
}
