import { commaList, SECRET } from '@parley/server-kit'
import { z } from 'zod'

/** Whoever knows the secret of an app publishes in its channels, and lets people into them. */
export interface PusherApp {
  readonly id: string
  readonly key: string
  readonly secret: string
}

export interface PusherSettings {
  readonly apps: readonly PusherApp[]
  readonly retentionDays: number
}

const APP = /^(?<id>[\w-]{1,32}):(?<key>[\w-]{8,64}):(?<secret>[\w.~+/=-]{16,200})$/u
const PROBLEM =
  'each must be id:key:secret, with a key of 8-64 letters, digits, - and _, and a secret of at least 16 characters'

const apps = commaList
  .transform((list, context): PusherApp[] =>
    list.flatMap((item) => {
      const found = APP.exec(item)?.groups
      if (found !== undefined) return [found as unknown as PusherApp]
      context.addIssue({ code: 'custom', message: PROBLEM })
      return []
    }),
  )
  .refine(
    (list) =>
      new Set(list.map(({ id }) => id)).size === list.length &&
      new Set(list.map(({ key }) => key)).size === list.length,
    'each app needs an id and a key of its own',
  )

export const pusherEnv = {
  PUSHER_APPS: apps
    .describe(
      'Apps of the [Pusher-compatible API](pusher.md), as `id:key:secret`; without any it is off.',
    )
    .meta(SECRET),
  PUSHER_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(30)
    .describe(
      'Days after which events of a channel are erased; of channels that are made from then on.',
    ),
}

export const toPusherSettings = (parsed: {
  readonly PUSHER_APPS: readonly PusherApp[]
  readonly PUSHER_RETENTION_DAYS: number
}): PusherSettings => ({ apps: parsed.PUSHER_APPS, retentionDays: parsed.PUSHER_RETENTION_DAYS })
