import type { LogConsumer, RoomRange } from '../jobs/job.ts'
import { wantsRoom, type WebhookSettings } from './webhook-settings.ts'

/** A room of a webhook has events up to `toSeq`. */
export interface MovedRoom {
  readonly webhookId: string
  readonly roomId: string
  readonly toSeq: number
}

export interface NewCursor extends MovedRoom {
  readonly nextSeq: number
}

export interface NoteStore {
  /** All that are not deleted; disabled ones too, as they go on where they stopped. */
  readonly webhooks: () => Promise<readonly WebhookSettings[]>
  /** Moves the cursors that are there, and answers which are not. */
  readonly extend: (moved: readonly MovedRoom[]) => Promise<readonly MovedRoom[]>
  /** The last event up to `seq` from before `time`; 0 if there is none. */
  readonly lastBefore: (roomId: string, seq: number, time: Date) => Promise<number>
  /** Of several workers that make the same one all mean the same. */
  readonly create: (cursors: readonly NewCursor[]) => Promise<void>
}

/** Has rooms of these webhooks sent soon: so many each. */
export type Wake = (rooms: ReadonlyMap<string, number>) => Promise<void>

export interface NotePorts {
  readonly store: NoteStore
  readonly wake: Wake
}

/**
 * Notes that rooms have moved: one row a webhook and room that ever moved, however many events and
 * batches they were; the rooms that did not move cost nothing.
 */
export function createNoteRanges({ store, wake }: NotePorts): LogConsumer {
  /**
   * Where a webhook begins in a room that it has not followed yet: behind the last event from before it
   * was made. That is the same whichever range is seen first, so workers side by side skip nothing.
   */
  async function firstCursor(moved: MovedRoom, startsAt: Date): Promise<NewCursor[]> {
    const before = await store.lastBefore(moved.roomId, moved.toSeq, startsAt)
    return before >= moved.toSeq ? [] : [{ ...moved, nextSeq: before + 1 }]
  }

  return {
    name: 'webhooks',
    async consume(ranges: readonly RoomRange[]) {
      const webhooks = new Map((await store.webhooks()).map((webhook) => [webhook.id, webhook]))
      if (webhooks.size === 0) return
      const heads = new Map<string, number>()
      for (const { roomId, toSeq } of ranges) {
        heads.set(roomId, Math.max(heads.get(roomId) ?? 0, toSeq))
      }
      const moved = [...webhooks.values()].flatMap((webhook) =>
        [...heads]
          .filter(([roomId]) => wantsRoom(webhook, roomId))
          .map(([roomId, toSeq]) => ({ webhookId: webhook.id, roomId, toSeq })),
      )
      const missing = await store.extend(moved)
      const created: NewCursor[] = []
      for (const one of missing) {
        const webhook = webhooks.get(one.webhookId)
        if (webhook !== undefined) created.push(...(await firstCursor(one, webhook.startsAt)))
      }
      await store.create(created)
      const awake = new Map<string, number>()
      for (const { webhookId } of moved) {
        if (webhooks.get(webhookId)?.isDisabled !== false) continue
        awake.set(webhookId, (awake.get(webhookId) ?? 0) + 1)
      }
      await wake(awake)
    },
  }
}
