import { readFileSync } from 'node:fs'
import { commaList, EnvironmentError, SECRET } from '@parley/server-kit'
import { DeviceKind } from '@parley/message-schema'
import { z } from 'zod'
import { ServiceAccount } from '../push/fcm.ts'
import type { VapidKeys } from '../push/web-push.ts'

const HOUR_MS = 3_600_000
const mailFrom = z.string().max(320).optional()

const vapidKey = z
  .string()
  .regex(/^[\w-]{87}$/u, 'must be a public key as `web-push generate-vapid-keys` makes it')
  .optional()

/** What the API has to know of pushes and mails; workers send them. */
export const notificationApiEnv = {
  VAPID_PUBLIC_KEY: vapidKey.describe(
    'With it browsers may subscribe to Web Push; workers have the other half.',
  ),
  PUSH_KINDS: commaList
    .pipe(z.array(DeviceKind.exclude(['webpush'])))
    .describe('What else may be pushed to, as workers are set up for it: `fcm`, `apns`.'),
  MAIL_FROM: mailFrom.describe('With it people may ask for digests by mail.'),
}

export interface NotificationApiSettings {
  readonly vapidPublicKey: string | undefined
  readonly deviceKinds: ReadonlySet<DeviceKind>
  readonly isMailOn: boolean
}

export function toNotificationApiSettings(parsed: {
  VAPID_PUBLIC_KEY?: string | undefined
  PUSH_KINDS: readonly DeviceKind[]
  MAIL_FROM?: string | undefined
}): NotificationApiSettings {
  const { VAPID_PUBLIC_KEY: vapidPublicKey, PUSH_KINDS: kinds } = parsed
  return {
    vapidPublicKey,
    deviceKinds: new Set([...(vapidPublicKey === undefined ? [] : ['webpush' as const]), ...kinds]),
    isMailOn: parsed.MAIL_FROM !== undefined,
  }
}

/** What workers need to push and to send mails. */
export const notificationWorkerEnv = {
  NOTIFY_AFTER_S: z.coerce
    .number()
    .min(0)
    .max(3_600)
    .default(15)
    .describe('How long somebody has to read a message before their devices are told.'),
  VAPID_PUBLIC_KEY: vapidKey.describe('Web Push: the key that browsers subscribed with.'),
  VAPID_PRIVATE_KEY: z
    .string()
    .regex(/^[\w-]{43}$/u, 'must be a private key as `web-push generate-vapid-keys` makes it')
    .optional()
    .describe('Web Push: its other half.')
    .meta(SECRET),
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:|https:\/\/)/u, 'must begin with mailto: or https:')
    .optional()
    .describe('Web Push: whom push services ask when something is wrong.'),
  FCM_SERVICE_ACCOUNT_FILE: z.string().optional().describe('JSON of a service account of Google.'),
  FCM_URL: z.url().default('https://fcm.googleapis.com').describe('Other in tests only.'),
  APNS_KEY_FILE: z.string().optional().describe('PEM (`.p8`) of a key of Apple.'),
  APNS_KEY_ID: z.string().optional().describe('Its id.'),
  APNS_TEAM_ID: z.string().optional().describe('The team that it is of.'),
  APNS_TOPIC: z.string().optional().describe('Bundle id of the app.'),
  APNS_URL: z.url().default('https://api.push.apple.com').describe('Or that of the sandbox.'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/u })
    .optional()
    .describe('Server that takes mails, with user and password where it asks for them.')
    .meta(SECRET),
  MAIL_FROM: mailFrom.describe('Sender of mails: `Chat <chat@example.com>`.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/u })
    .optional()
    .describe('Where the API is for people: links in mails begin with it.'),
  DIGEST_EVERY_H: z.coerce.number().min(1).default(24).describe('Hours between two digests.'),
  DIGEST_AFTER_H: z.coerce
    .number()
    .min(0)
    .default(4)
    .describe('Hours that a message is unread, and its reader away, before it is in a digest.'),
}

export interface MailSettings {
  readonly smtpUrl: string
  readonly from: string
  /** Without a slash at its end. */
  readonly publicUrl: string
}

export interface NotificationSettings {
  readonly afterMs: number
  readonly vapid: VapidKeys | undefined
  readonly fcm: { readonly account: ServiceAccount; readonly baseUrl: string } | undefined
  readonly apns:
    | {
        readonly key: string
        readonly keyId: string
        readonly teamId: string
        readonly topic: string
        readonly baseUrl: string
      }
    | undefined
  readonly mail: MailSettings | undefined
  readonly digestEveryMs: number
  readonly digestAfterMs: number
}

type WorkerValues = z.output<z.ZodObject<typeof notificationWorkerEnv>>

/** All of them or none. */
function together<Name extends keyof WorkerValues>(
  parsed: WorkerValues,
  names: readonly Name[],
): Record<Name, string> | undefined {
  const missing = names.filter((name) => parsed[name] === undefined)
  if (missing.length === names.length) return undefined
  if (missing.length === 0) return parsed as Record<Name, string>
  throw new EnvironmentError(
    `The environment is not right. ${missing.join(', ')}: missing, while others of it are there`,
  )
}

function readFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new EnvironmentError(`The environment is not right. ${name}: cannot be read`, { cause })
  }
}

function readAccount(path: string): ServiceAccount {
  const text = readFile('FCM_SERVICE_ACCOUNT_FILE', path)
  try {
    return ServiceAccount.parse(JSON.parse(text))
  } catch {
    throw new EnvironmentError(
      'The environment is not right. FCM_SERVICE_ACCOUNT_FILE: is no service account',
    )
  }
}

/** Throws `EnvironmentError` for what is there by halves. */
export function toNotificationSettings(parsed: WorkerValues): NotificationSettings {
  const vapid = together(parsed, ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'])
  const apns = together(parsed, ['APNS_KEY_FILE', 'APNS_KEY_ID', 'APNS_TEAM_ID', 'APNS_TOPIC'])
  const mail = together(parsed, ['SMTP_URL', 'MAIL_FROM', 'PUBLIC_URL'])
  const account = parsed.FCM_SERVICE_ACCOUNT_FILE
  return {
    afterMs: parsed.NOTIFY_AFTER_S * 1_000,
    vapid: vapid && {
      publicKey: vapid.VAPID_PUBLIC_KEY,
      privateKey: vapid.VAPID_PRIVATE_KEY,
      subject: vapid.VAPID_SUBJECT,
    },
    fcm:
      account === undefined
        ? undefined
        : { account: readAccount(account), baseUrl: parsed.FCM_URL.replace(/\/$/u, '') },
    apns: apns && {
      key: readFile('APNS_KEY_FILE', apns.APNS_KEY_FILE),
      keyId: apns.APNS_KEY_ID,
      teamId: apns.APNS_TEAM_ID,
      topic: apns.APNS_TOPIC,
      baseUrl: parsed.APNS_URL,
    },
    mail: mail && {
      smtpUrl: mail.SMTP_URL,
      from: mail.MAIL_FROM,
      publicUrl: mail.PUBLIC_URL.replace(/\/$/u, ''),
    },
    digestEveryMs: parsed.DIGEST_EVERY_H * HOUR_MS,
    digestAfterMs: parsed.DIGEST_AFTER_H * HOUR_MS,
  }
}
