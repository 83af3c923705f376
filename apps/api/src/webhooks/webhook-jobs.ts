import { Counter, Histogram, type Registry } from '@parley/server-kit'
import { createEventStore } from '../db/log/event-store.ts'
import { createWebhookCursorStore } from '../db/webhooks/webhook-cursor-store.ts'
import { createForgetWebhooks } from '../db/webhooks/forget-webhooks.ts'
import { createWebhookNoteStore } from '../db/webhooks/webhook-note-store.ts'
import type { JobPorts, Jobs } from '../jobs/all-jobs.ts'
import type { Job, QueuedJob } from '../jobs/job.ts'
import { createGuardedFetch } from '../outgoing/guarded-fetch.ts'
import { createDeliverRoom, type Outcome } from './deliver-room.ts'
import { createNoteRanges, type Wake } from './note-ranges.ts'
import { createPostWebhook } from './post-webhook.ts'

interface DeliverData {
  readonly webhookId: string
}

/** Then the webhook goes to the end of the queue: others want to be called too. */
const TURN_MS = 5_000
/** The longest that something due waits when Redis lost the job for it. */
const SWEEP_MS = 1_000
const FORGET_MS = 3_600_000

/**
 * A webhook has as many jobs as rooms may be called at the same time, and of those one for each room
 * that moved is woken, any: a slow room keeps one of them, and the others go on.
 */
function slots(webhookId: string, rooms: number, roomsAtOnce: number): QueuedJob[] {
  const first = Math.floor(Math.random() * roomsAtOnce)
  return Array.from({ length: Math.min(rooms, roomsAtOnce) }, (_, index) => ({
    data: { webhookId },
    onceId: `${webhookId}-${(first + index) % roomsAtOnce}`,
  }))
}

function createObserve(metrics: Registry): (outcome: Outcome) => void {
  const deliveries = new Counter({
    name: 'parley_webhook_deliveries_total',
    help: 'Tries to deliver an event to a webhook.',
    labelNames: ['outcome'],
    registers: [metrics],
  })
  const seconds = new Histogram({
    name: 'parley_webhook_delivery_seconds',
    help: 'How long webhooks took to answer, or not to.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  })
  return ({ status, result }) => {
    deliveries.inc({ outcome: status })
    seconds.observe(result.durationMs / 1_000)
  }
}

/**
 * Cost: a row for each webhook and room that moved, one more write a batch of the outbox that they are
 * in, and a read, a call and two writes an event that is sent. Nothing for what nobody listens to.
 */
export function webhookJobs({ config, pool, enqueue, metrics }: JobPorts): Jobs {
  const { webhooks: terms } = config
  const cursors = createWebhookCursorStore(pool)
  const deliverRoom = createDeliverRoom({
    store: cursors,
    readEvents: createEventStore(pool).read,
    post: createPostWebhook(createGuardedFetch({ allowedHosts: config.webhookAllowedHosts })),
    terms,
    observe: createObserve(metrics),
  })
  const wake: Wake = (rooms) =>
    enqueue(
      'webhook-deliver',
      [...rooms].flatMap(([id, count]) => slots(id, count, terms.roomsAtOnce)),
    )

  const deliver: Job<DeliverData> = {
    name: 'webhook-deliver',
    queue: 'webhooks',
    concurrency: terms.concurrency,
    attempts: 1,
    async run({ webhookId }, signal) {
      const endsAt = Date.now() + TURN_MS
      while (!signal.aborted) {
        if (Date.now() > endsAt) return wake(new Map([[webhookId, 1]]))
        const webhook = await cursors.find(webhookId)
        if (webhook === null || webhook.isDisabled || webhook.isOnHold) return
        const claim = await cursors.claim(webhookId)
        if (claim === null) return
        await deliverRoom(webhook, claim, signal)
      }
    },
  }
  const sweep: Job = {
    name: 'webhook-sweep',
    queue: 'webhook-upkeep',
    concurrency: 2,
    everyMs: SWEEP_MS,
    isDue: async () => (await cursors.findDue()).length > 0,
    run: async () => {
      const due = await cursors.findDue()
      await wake(new Map(due.map((id) => [id, terms.roomsAtOnce])))
    },
  }
  const forget: Job = {
    name: 'webhook-forget',
    queue: 'webhook-upkeep',
    concurrency: 2,
    everyMs: FORGET_MS,
    run: (_, signal) => createForgetWebhooks(pool)(signal),
  }
  return {
    jobs: [deliver, sweep, forget],
    consumers: [createNoteRanges({ store: createWebhookNoteStore(pool), wake })],
  }
}
