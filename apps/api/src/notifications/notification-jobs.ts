import { Counter } from '@parley/server-kit'
import type { DeviceKind } from '@parley/message-schema'
import { createDigestStore } from '../db/notifications/digest-store.ts'
import { isDue, type DueColumn } from '../db/notifications/is-due.ts'
import { createDueStore } from '../db/notifications/due-notification-store.ts'
import { CONFIRM_LINK_MS, createConfirmMailStore } from '../db/users/email-store.ts'
import { createForgetNotifications } from '../db/notifications/forget-notifications.ts'
import { createPendingStore } from '../db/notifications/pending-notification-store.ts'
import { createPushSendStore } from '../db/notifications/push-send-store.ts'
import { createDueMessageStore } from '../db/notifications/scheduled-store.ts'
import { createShownStore } from '../db/notifications/shown-notice-store.ts'
import type { JobPorts, Jobs } from '../jobs/all-jobs.ts'
import type { Job } from '../jobs/job.ts'
import { createMailer } from '../mail/mailer.ts'
import { createSendConfirmMails } from '../mail/send-confirm-mails.ts'
import { createSendDigests } from '../mail/send-digests.ts'
import { createGuardedFetch } from '../outgoing/guarded-fetch.ts'
import { createOnlineUsers } from '../presence/online-users.ts'
import { createApnsAdapter } from '../push/apns.ts'
import { createFcmAdapter } from '../push/fcm.ts'
import type { PushAdapter } from '../push/push-adapter.ts'
import { createWebPushAdapter } from '../push/web-push.ts'
import { createSendScheduled } from '../scheduled/send-scheduled.ts'
import { createClearRead } from './clear-read.ts'
import { createDecideDue } from './decide-due.ts'
import { createNoteCandidates } from './note-candidates.ts'
import { createSendPushes } from './send-pushes.ts'

const now = (): Date => new Date()

/** A queue each, so that a mail server that is slow holds up nothing else. */
type ByTheClock = Pick<Job, 'name' | 'isDue'> & {
  readonly queue: 'notifications' | 'mails' | 'scheduled'
  readonly everyMs: number
}

const byTheClock = (of: ByTheClock, run: (signal: AbortSignal) => Promise<void>): Job => ({
  ...of,
  concurrency: 2,
  run: (_data, signal) => run(signal),
})

const rowsAreDue =
  ({ pool }: JobPorts, ...columns: readonly DueColumn[]): (() => Promise<boolean>) =>
  () =>
    isDue(pool, now(), ...columns)

/** What is set up; devices of other kinds are not pushed to. */
function createAdapters({ config }: JobPorts): ReadonlyMap<DeviceKind, PushAdapter> {
  const { vapid, fcm, apns } = config.notifications
  const fetch = createGuardedFetch({ allowedHosts: config.pushAllowedHosts })
  const adapters: PushAdapter[] = []
  if (vapid !== undefined) adapters.push(createWebPushAdapter({ vapid, fetch }))
  if (fcm !== undefined) adapters.push(createFcmAdapter({ ...fcm, now }))
  if (apns !== undefined) adapters.push(createApnsAdapter({ ...apns, now }))
  return new Map(adapters.map((adapter) => [adapter.kind, adapter]))
}

/** A message is noted, decided on a moment later by the read cursor, handed over, cleared when read. */
function pushJobs(ports: JobPorts): Jobs {
  const { config, pool, logger, metrics } = ports
  const adapters = createAdapters(ports)
  // Nothing is noted of what nobody could be told.
  if (adapters.size === 0) return { jobs: [], consumers: [] }
  const pushes = new Counter({
    name: 'parley_pushes_total',
    help: 'Pushes that were handed over, or not.',
    labelNames: ['kind', 'outcome'],
    registers: [metrics],
  })
  const decideDue = createDecideDue({ store: createDueStore(pool), now })
  const clearRead = createClearRead({ store: createShownStore(pool), now })
  const sendPushes = createSendPushes({
    store: createPushSendStore(pool),
    adapters,
    logger,
    now,
    onOutcome: (kind, outcome) => pushes.inc({ kind, outcome }),
  })
  return {
    consumers: [
      createNoteCandidates({
        store: createPendingStore(pool),
        afterMs: config.notifications.afterMs,
        now,
      }),
    ],
    jobs: [
      byTheClock(
        {
          name: 'notify',
          queue: 'notifications',
          everyMs: 1_000,
          isDue: rowsAreDue(ports, 'notification_state.due_at', 'push_send.due_at'),
        },
        async (signal) => {
          await decideDue(signal)
          await sendPushes(signal)
        },
      ),
      byTheClock(
        {
          name: 'notify-clear',
          queue: 'notifications',
          everyMs: 2_000,
          isDue: rowsAreDue(ports, 'notification_state.check_at'),
        },
        clearRead,
      ),
    ],
  }
}

function mailJobs(ports: JobPorts): Jobs {
  const { config, pool, publisher, logger } = ports
  const { mail, digestEveryMs, digestAfterMs } = config.notifications
  if (mail === undefined) return { jobs: [], consumers: [] }
  const mailer = createMailer(mail)
  const { publicUrl } = mail
  const sendConfirmMails = createSendConfirmMails({
    store: createConfirmMailStore(pool),
    mailer,
    publicUrl,
    linkMs: CONFIRM_LINK_MS,
    logger,
    now,
  })
  const sendDigests = createSendDigests({
    store: createDigestStore(pool),
    mailer,
    connectedAmong: createOnlineUsers(publisher, logger).connectedAmong,
    publicUrl,
    everyMs: digestEveryMs,
    afterMs: digestAfterMs,
    logger,
    now,
  })
  return {
    consumers: [],
    jobs: [
      byTheClock(
        {
          name: 'mail-confirm',
          queue: 'mails',
          everyMs: 5_000,
          isDue: rowsAreDue(ports, 'user_email.confirm_due_at'),
        },
        sendConfirmMails,
      ),
      byTheClock({ name: 'mail-digest', queue: 'mails', everyMs: 60_000 }, sendDigests),
    ],
  }
}

function scheduledJobs(ports: JobPorts): Jobs {
  const { pool, run, config } = ports
  const sendScheduled = createSendScheduled({
    store: createDueMessageStore(pool),
    run,
    rate: config.sends,
    now,
  })
  const job = byTheClock(
    {
      name: 'send-scheduled',
      queue: 'scheduled',
      everyMs: 1_000,
      isDue: rowsAreDue(ports, 'scheduled_message.due_at'),
    },
    sendScheduled,
  )
  return { consumers: [], jobs: [job] }
}

export function notificationJobs(ports: JobPorts): Jobs {
  const parts = [pushJobs(ports), mailJobs(ports), scheduledJobs(ports)]
  const forget = byTheClock(
    { name: 'forget-notifications', queue: 'mails', everyMs: 3_600_000 },
    createForgetNotifications(ports.pool, now),
  )
  return {
    consumers: parts.flatMap(({ consumers }) => consumers),
    jobs: [...parts.flatMap(({ jobs }) => jobs), forget],
  }
}
