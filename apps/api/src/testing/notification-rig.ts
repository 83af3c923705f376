import { createLogger } from '@parley/server-kit'
import webPush from 'web-push'
import { createLogPool, type Pool } from '../db/connect.ts'
import { createDueStore } from '../db/notifications/due-notification-store.ts'
import { createOutboxStore } from '../db/log/outbox-store.ts'
import { createPendingStore } from '../db/notifications/pending-notification-store.ts'
import { createPushSendStore } from '../db/notifications/push-send-store.ts'
import { createShownStore } from '../db/notifications/shown-notice-store.ts'
import type { LogConsumer } from '../jobs/job.ts'
import { createClearRead } from '../notifications/clear-read.ts'
import { createDecideDue } from '../notifications/decide-due.ts'
import { createNoteCandidates } from '../notifications/note-candidates.ts'
import { createSendPushes } from '../notifications/send-pushes.ts'
import { createGuardedFetch } from '../outgoing/guarded-fetch.ts'
import { createWebPushAdapter } from '../push/web-push.ts'
import { startPushReceiver, type PushReceiver, type ReceivedPush } from './push-receiver.ts'
import { startTestApi, type Actor, type TestApi } from './test-api.ts'

export const AFTER_MS = 15_000

/** The jobs of a worker about pushes, run by hand on a clock of the test, beside a whole API. */
export interface NotificationRig extends AsyncDisposable {
  readonly api: TestApi
  readonly pool: Pool
  readonly receiver: PushReceiver
  readonly vapid: { readonly publicKey: string; readonly privateKey: string }
  readonly clock: { readonly now: () => Date; readonly advance: (ms: number) => void }
  readonly consumer: LogConsumer
  /** What is new in the log is noted. */
  readonly hear: () => Promise<void>
  readonly decide: () => Promise<void>
  readonly send: () => Promise<void>
  readonly clear: () => Promise<void>
  /** All of it: what was said is heard, its time passes, it is decided and handed over. */
  readonly settle: () => Promise<void>
  /** By the id of the user, if the device is not named. */
  readonly subscribe: (actor: Actor, name?: string, more?: object) => Promise<string>
  readonly rows: (table: string) => Promise<number>
  readonly dm: (one: Actor, other: Actor) => Promise<string>
  /** To a user whose only device bears their id. */
  readonly pushesTo: (actor: Actor) => ReceivedPush[]
  readonly read: (actor: Actor, roomId: string, upTo: number) => Promise<void>
}

export async function startNotificationRig(
  env: Record<string, string> = {},
): Promise<NotificationRig> {
  const vapid = { ...webPush.generateVAPIDKeys(), subject: 'mailto:test@example.com' }
  const receiver = await startPushReceiver()
  const api = await startTestApi({
    VAPID_PUBLIC_KEY: vapid.publicKey,
    PUSH_KINDS: 'fcm,apns',
    PUSH_ALLOWED_HOSTS: receiver.host,
    ...env,
  })
  const pool = createLogPool(api.databaseUrl, 6)
  let aheadMs = 0
  const now = (): Date => new Date(Date.now() + aheadMs)
  const advance = (ms: number): void => {
    aheadMs += ms
  }
  const logger = createLogger('test', 'silent')
  const consumer = createNoteCandidates({ store: createPendingStore(pool), afterMs: AFTER_MS, now })
  const decide = createDecideDue({ store: createDueStore(pool), now })
  const clear = createClearRead({ store: createShownStore(pool), now })
  const fetch = createGuardedFetch({ allowedHosts: [receiver.host] })
  const send = createSendPushes({
    store: createPushSendStore(pool),
    adapters: new Map([['webpush', createWebPushAdapter({ vapid, fetch })]]),
    logger,
    now,
  })
  const hear = async (): Promise<void> => {
    const outbox = createOutboxStore(pool)
    const handOver = (rows: readonly { ranges: Parameters<LogConsumer['consume']>[0] }[]) =>
      consumer.consume(rows.flatMap(({ ranges }) => ranges))
    while ((await outbox.take(1_000, [], handOver)) > 0);
  }
  return {
    api,
    pool,
    receiver,
    vapid,
    clock: { now, advance },
    consumer,
    hear,
    decide: () => decide(),
    send: () => send(),
    clear: async () => {
      await clear()
      await send()
    },
    async settle() {
      await hear()
      advance(AFTER_MS + 1)
      await decide()
      await send()
    },
    async subscribe(actor, name = actor.id, more = {}) {
      const draft = { ...receiver.subscribe(name), ...more }
      const answer = await actor.call('POST', '/v1/me/devices', draft)
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
      return answer.body.device.id as string
    },
    async rows(table) {
      const [row] = await pool.query<{ n: number }[]>(`SELECT COUNT(*) AS n FROM ${table}`)
      return row?.n ?? -1
    },
    async dm(one, other) {
      const answer = await one.call('POST', '/v1/dms', { userIds: [other.id] })
      return answer.body.room.id as string
    },
    pushesTo: ({ id }) => receiver.to(id),
    async read(actor, roomId, upTo) {
      const answer = await actor.call('PUT', `/v1/rooms/${roomId}/read`, { upTo })
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
    },
    async [Symbol.asyncDispose]() {
      await pool.end()
      await api[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    },
  }
}
