import { LIMITS, ParleyError, type Webhook, type WebhookDelivery } from '@parley/message-schema'

export interface DeliveryPosition {
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly status?: WebhookDelivery['status'] | undefined
  readonly limit: number
}

export interface RepeatStore {
  /** After a position ascending, else descending from it or from the end. */
  readonly list: (webhookId: string, position: DeliveryPosition) => Promise<WebhookDelivery[]>
  readonly find: (webhookId: string, deliveryId: string) => Promise<WebhookDelivery | null>
  /** True if the event was waiting for its next try. */
  readonly tryNow: (webhookId: string, roomId: string, seq: number) => Promise<boolean>
  readonly countReplays: (webhookId: string) => Promise<number>
  readonly addReplay: (
    webhookId: string,
    roomId: string,
    fromSeq: number,
    toSeq: number,
  ) => Promise<void>
}

export interface RepeatPorts {
  readonly store: RepeatStore
  readonly findWebhook: (id: string) => Promise<Webhook>
  readonly readHeads: (
    roomIds: readonly string[],
  ) => Promise<ReadonlyMap<string, { readonly head: number }>>
}

export interface EventRange {
  readonly roomId: string
  readonly fromSeq: number
  readonly toSeq: number
}

export interface RepeatDeliveries {
  /** Ascending. */
  readonly list: (
    webhookId: string,
    position: DeliveryPosition,
  ) => Promise<{ readonly deliveries: WebhookDelivery[]; readonly hasMore: boolean }>
  readonly replay: (webhookId: string, range: EventRange) => Promise<EventRange>
  readonly retry: (webhookId: string, deliveryId: string) => Promise<WebhookDelivery>
}

/** Both only note what is to be sent: the next look of a worker finds it, within about a second. */
export function createRepeatDeliveries(ports: RepeatPorts): RepeatDeliveries {
  const { store, findWebhook, readHeads } = ports

  async function requireEnabled(webhookId: string): Promise<Webhook> {
    const webhook = await findWebhook(webhookId)
    if (webhook.status !== 'disabled') return webhook
    throw new ParleyError('REJECTED', { message: 'This webhook is disabled: enable it first.' })
  }

  async function addReplay(webhookId: string, range: EventRange): Promise<void> {
    if ((await store.countReplays(webhookId)) >= LIMITS.webhookReplays) {
      throw new ParleyError('REJECTED', {
        message: `${LIMITS.webhookReplays} replays of this webhook are under way already.`,
      })
    }
    await store.addReplay(webhookId, range.roomId, range.fromSeq, range.toSeq)
  }

  return {
    async list(webhookId, position) {
      await findWebhook(webhookId)
      const found = await store.list(webhookId, { ...position, limit: position.limit + 1 })
      const deliveries = found.slice(0, position.limit)
      if (position.after === undefined) deliveries.reverse()
      return { deliveries, hasMore: found.length > position.limit }
    },

    async replay(webhookId, { roomId, fromSeq, toSeq }) {
      const webhook = await requireEnabled(webhookId)
      const head = (await readHeads([roomId])).get(roomId)?.head
      if (head === undefined)
        throw new ParleyError('NOT_FOUND', { message: 'There is no such room.' })
      if (webhook.roomIds !== null && !webhook.roomIds.includes(roomId)) {
        throw new ParleyError('REJECTED', { message: 'This webhook is not for that room.' })
      }
      if (fromSeq > head) throw new ParleyError('CURSOR_AHEAD', { details: { head } })
      const range = { roomId, fromSeq, toSeq: Math.min(toSeq, head) }
      await addReplay(webhookId, range)
      return range
    },

    async retry(webhookId, deliveryId) {
      await requireEnabled(webhookId)
      const delivery = await store.find(webhookId, deliveryId)
      if (delivery === null) {
        throw new ParleyError('NOT_FOUND', { message: 'There is no such delivery.' })
      }
      const { roomId, seq } = delivery
      if (!(await store.tryNow(webhookId, roomId, seq))) {
        await addReplay(webhookId, { roomId, fromSeq: seq, toSeq: seq })
      }
      return delivery
    },
  }
}
