import {
  checkTestSettings,
  port,
  readEnv,
  testEnv,
  toTestSettings,
  type Rate,
  type TestSettings,
} from '@parley/server-kit'
import { z } from 'zod'
import { jobsPrefix } from './jobs/jobs-env.ts'
import { ApiEnv } from './config.ts'
import type { AllowedHosts } from './outgoing/outgoing-address.ts'
import {
  preparationEnv,
  toPreparationSettings,
  type PreparationSettings,
} from './preparation/preparation-env.ts'
import { storageEnv, toStorageSettings, type StorageSettings } from './files/file-env.ts'
import {
  notificationWorkerEnv,
  toNotificationSettings,
  type NotificationSettings,
} from './notifications/notification-env.ts'

const shared = ApiEnv.shape

const settings = z.object({
  WORKER_PORT: port.default(3200).describe('Port of the probes and metrics; 0 takes a free one.'),
  WORKER_HOST: z.string().default('0.0.0.0').describe('Address to listen on.'),
  WORKER_NAME: z.string().default('worker').describe('Name in logs and metrics.'),
  DATABASE_URL: shared.DATABASE_URL,
  REDIS_URL: shared.REDIS_URL,
  JOBS_PREFIX: jobsPrefix,
  DATABASE_CONNECTIONS: shared.DATABASE_CONNECTIONS,
  WEBHOOK_ALLOWED_HOSTS: shared.WEBHOOK_ALLOWED_HOSTS,
  PUSH_ALLOWED_HOSTS: shared.PUSH_ALLOWED_HOSTS,
  PREVIEW_ALLOWED_HOSTS: shared.WEBHOOK_ALLOWED_HOSTS.describe(
    'The same for link previews: whoever may write a message can have these hosts asked.',
  ),
  WEBHOOK_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(32)
    .describe('Deliveries to webhooks at the same time, of one worker.'),
  WEBHOOK_ROOMS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe('Of these, to one webhook: so many rooms at the same time, of all workers.'),
  WEBHOOK_FIRST_RETRY_MS: z.coerce
    .number()
    .int()
    .min(10)
    .default(5_000)
    .describe('Wait after the first delivery that failed; it doubles from there.'),
  WEBHOOK_LONGEST_RETRY_MS: z.coerce
    .number()
    .int()
    .min(10)
    .default(4 * 3600_000)
    .describe('The longest wait between two tries.'),
  WEBHOOK_GIVE_UP_S: z.coerce
    .number()
    .int()
    .min(1)
    .default(3 * 24 * 3600)
    .describe('A webhook to which one delivery failed for so many seconds is disabled.'),
  SENDS_PER_SECOND: shared.SENDS_PER_SECOND.describe('Messages of one user that were scheduled.'),
  SEND_BURST: shared.SEND_BURST.describe('The same at once; the rest is put off.'),
  ...storageEnv,
  ...notificationWorkerEnv,
  DELETED_ROOM_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .default(30)
    .describe('Days after which the messages of a room that was deleted are erased.'),
  LINK_PREVIEWS: z
    .stringbool()
    .default(true)
    .describe('Pages behind links of messages are asked what they are: `on` or `off`.'),
  LOG_LEVEL: shared.LOG_LEVEL,
  ...preparationEnv,
  ...testEnv,
})

/** The whole environment of a worker. What the API reads too means the same there. */
export const WorkerEnv = checkTestSettings(settings)

export interface WorkerConfig {
  readonly port: number
  readonly host: string
  readonly name: string
  readonly databaseUrl: string
  readonly databaseConnections: number
  readonly redisUrl: string
  readonly jobsPrefix: string
  readonly webhookAllowedHosts: AllowedHosts
  readonly pushAllowedHosts: AllowedHosts
  readonly previewAllowedHosts: AllowedHosts
  readonly webhooks: {
    readonly concurrency: number
    readonly roomsAtOnce: number
    readonly firstRetryMs: number
    readonly longestRetryMs: number
    readonly giveUpMs: number
  }
  readonly sends: Rate
  readonly storage: StorageSettings
  readonly notifications: NotificationSettings
  readonly linkPreviews: boolean
  readonly deletedRoomDays: number
  readonly logLevel: string
  /** Messages that are sent later are prepared like others. */
  readonly preparation: PreparationSettings
  readonly test: TestSettings
}

/** Throws `EnvironmentError`, naming every wrong variable at once. */
export function readWorkerConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const parsed = readEnv(WorkerEnv, env)
  return {
    port: parsed.WORKER_PORT,
    host: parsed.WORKER_HOST,
    name: parsed.WORKER_NAME,
    databaseUrl: parsed.DATABASE_URL,
    databaseConnections: parsed.DATABASE_CONNECTIONS,
    redisUrl: parsed.REDIS_URL,
    jobsPrefix: parsed.JOBS_PREFIX,
    webhookAllowedHosts: parsed.WEBHOOK_ALLOWED_HOSTS,
    pushAllowedHosts: parsed.PUSH_ALLOWED_HOSTS,
    previewAllowedHosts: parsed.PREVIEW_ALLOWED_HOSTS,
    webhooks: {
      concurrency: parsed.WEBHOOK_CONCURRENCY,
      roomsAtOnce: parsed.WEBHOOK_ROOMS_AT_ONCE,
      firstRetryMs: parsed.WEBHOOK_FIRST_RETRY_MS,
      longestRetryMs: parsed.WEBHOOK_LONGEST_RETRY_MS,
      giveUpMs: parsed.WEBHOOK_GIVE_UP_S * 1_000,
    },
    sends: { perSecond: parsed.SENDS_PER_SECOND, burst: parsed.SEND_BURST },
    storage: toStorageSettings(parsed),
    notifications: toNotificationSettings(parsed),
    linkPreviews: parsed.LINK_PREVIEWS,
    deletedRoomDays: parsed.DELETED_ROOM_DAYS,
    logLevel: parsed.LOG_LEVEL,
    preparation: toPreparationSettings(parsed),
    test: toTestSettings(parsed),
  }
}
