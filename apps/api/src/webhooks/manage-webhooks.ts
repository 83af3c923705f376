import {
  invalid,
  LIMITS,
  ParleyError,
  type Webhook,
  type WebhookTest,
} from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import { byCaller } from '../audit/audit-entry.ts'
import type { KeyIdentity } from '../auth/caller.ts'
import type { NewWebhook, WebhookStore } from '../db/webhooks/webhook-store.ts'
import { checkOutgoingAddress, type AllowedHosts } from '../outgoing/outgoing-address.ts'
import { OutgoingError } from '../outgoing/outgoing-error.ts'
import { describeRefusal } from './describe-refusal.ts'
import type { PostWebhook } from './post-webhook.ts'
import { makeSecret, showSecret } from './sign-webhook.ts'

export interface WebhookChanges {
  readonly url?: string | undefined
  readonly description?: string | undefined
  readonly events?: readonly string[] | null | undefined
  readonly roomIds?: readonly string[] | null | undefined
  readonly disabled?: boolean | undefined
}

export interface WebhookDraft extends WebhookChanges {
  readonly url: string
}

export interface WebhookAndSecret {
  readonly webhook: Webhook
  readonly secret: string
}

export interface ManageWebhooks {
  readonly find: (id: string) => Promise<Webhook>
  readonly list: (
    after: string | undefined,
    limit: number,
  ) => Promise<{ readonly webhooks: Webhook[]; readonly hasMore: boolean }>
  readonly create: (caller: KeyIdentity, draft: WebhookDraft) => Promise<WebhookAndSecret>
  readonly change: (caller: KeyIdentity, id: string, changes: WebhookChanges) => Promise<Webhook>
  readonly enable: (caller: KeyIdentity, id: string, from: 'cursor' | 'now') => Promise<Webhook>
  readonly rotate: (caller: KeyIdentity, id: string, graceS: number) => Promise<WebhookAndSecret>
  readonly remove: (caller: KeyIdentity, id: string) => Promise<void>
  /** Calls the endpoint now, a disabled one too. */
  readonly test: (id: string) => Promise<WebhookTest>
}

export interface ManageWebhooksPorts {
  readonly store: WebhookStore
  readonly post: PostWebhook
  readonly allowedHosts: AllowedHosts
  readonly readHeads: (roomIds: readonly string[]) => Promise<ReadonlyMap<string, unknown>>
}

/**
 * Clocks of replicas differ a little. An event from just before comes along rather than that one from
 * just after is left out.
 */
const CLOCKS_MS = 1_000

/** What can be told of an address before it is called. Names are resolved at every call. */
function requireAddress(allowedHosts: AllowedHosts, url: string | undefined): void {
  try {
    if (url !== undefined) checkOutgoingAddress(url, allowedHosts)
  } catch (cause) {
    if (!(cause instanceof OutgoingError)) throw cause
    throw invalid('url', describeRefusal(cause), cause)
  }
}

async function requireRooms(
  readHeads: ManageWebhooksPorts['readHeads'],
  roomIds: readonly string[] | null | undefined,
): Promise<void> {
  if (roomIds === null || roomIds === undefined) return
  const known = await readHeads(roomIds)
  const unknown = roomIds.findIndex((roomId) => !known.has(roomId))
  if (unknown !== -1) throw invalid(`roomIds.${unknown}`, 'there is no such room')
}

function newWebhook({ keyId }: KeyIdentity, draft: WebhookDraft): NewWebhook {
  const now = new Date()
  return {
    id: uuidv7(),
    secret: makeSecret(),
    url: draft.url,
    description: draft.description ?? '',
    events: draft.events ?? null,
    roomIds: draft.roomIds ?? null,
    isDisabled: draft.disabled ?? false,
    createdAt: now,
    createdBy: keyId,
    startsAt: new Date(now.getTime() - CLOCKS_MS),
  }
}

export function createManageWebhooks(ports: ManageWebhooksPorts): ManageWebhooks {
  const { store, post, allowedHosts, readHeads } = ports

  async function find(id: string): Promise<Webhook> {
    const webhook = await store.find(id)
    if (webhook === null)
      throw new ParleyError('NOT_FOUND', { message: 'There is no such webhook.' })
    return webhook
  }

  async function setDisabled(caller: KeyIdentity, id: string, disabled: boolean): Promise<void> {
    const audit = (action: string) => byCaller(caller, action, id)
    if (disabled) await store.disable(id, 'It was disabled by hand.', audit('webhook:disable'))
    else await store.enable(id, undefined, audit('webhook:enable'))
  }

  return {
    find,

    async list(after, limit) {
      const found = await store.list(after, limit + 1)
      return { webhooks: found.slice(0, limit), hasMore: found.length > limit }
    },

    async create(caller, draft) {
      requireAddress(allowedHosts, draft.url)
      await requireRooms(readHeads, draft.roomIds)
      if ((await store.count()) >= LIMITS.webhooks) {
        throw new ParleyError('REJECTED', {
          message: `There are ${LIMITS.webhooks} webhooks already, and there may not be more.`,
        })
      }
      const webhook = newWebhook(caller, draft)
      const { id, secret } = webhook
      await store.create(webhook, byCaller(caller, 'webhook:create', id))
      return { webhook: await find(id), secret: showSecret(secret) }
    },

    async change(caller, id, { disabled, ...change }) {
      const before = await find(id)
      requireAddress(allowedHosts, change.url)
      await requireRooms(readHeads, change.roomIds)
      await store.change(id, change, byCaller(caller, 'webhook:update', id))
      const isDisabled = before.status === 'disabled'
      if (disabled !== undefined && disabled !== isDisabled) await setDisabled(caller, id, disabled)
      return find(id)
    },

    async enable(caller, id, from) {
      await find(id)
      const startsAt = from === 'now' ? new Date() : undefined
      await store.enable(id, startsAt, byCaller(caller, 'webhook:enable', id))
      return find(id)
    },

    async rotate(caller, id, graceS) {
      await find(id)
      const secret = makeSecret()
      const previousUntil = new Date(Date.now() + graceS * 1_000)
      const audit = byCaller(caller, 'webhook:rotate', id)
      await store.rotate(id, { secret, previousUntil }, audit)
      return { webhook: await find(id), secret: showSecret(secret) }
    },

    async remove(caller, id) {
      await find(id)
      await store.remove(id, byCaller(caller, 'webhook:delete', id))
    },

    async test(id) {
      const target = await store.target(id)
      if (target === null) {
        throw new ParleyError('NOT_FOUND', { message: 'There is no such webhook.' })
      }
      const body = { type: 'webhook.test', ts: new Date().toISOString(), webhookId: id }
      const { delivered, statusCode, durationMs, error } = await post(target, {
        id: `test:${uuidv7()}`,
        body: JSON.stringify(body),
      })
      return { delivered, statusCode, durationMs, error }
    },
  }
}
