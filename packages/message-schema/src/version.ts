/** Sent in the handshake as `v`. A gateway serves `OLDEST_PROTOCOL_VERSION` to this one. */
export const PROTOCOL_VERSION = 1
export const OLDEST_PROTOCOL_VERSION = 1

/**
 * Every change of a schema adds a line; `hash` is that of all exported JSON Schemas after it.
 * Additions keep the version; whatever an older client would stumble over raises it.
 */
export const PROTOCOL_CHANGES: readonly {
  readonly date: string
  readonly version: number
  readonly hash: string
  readonly change: string
}[] = [
  {
    date: '2026-11-21',
    version: 1,
    hash: 'e3116cdf0bd4efc2',
    change: 'Rooms, DMs, messages with edit and delete, read cursors, sync, sessions.',
  },
  {
    date: '2026-11-21',
    version: 1,
    hash: '762415a7228cbb5a',
    change:
      'Roles, permissions, invites, moderation, reactions, pins, threads, files, search, presence, notifications, keys, webhooks. Additions only.',
  },
  {
    date: '2026-11-21',
    version: 1,
    hash: '56dd2e9bfcfc589a',
    change:
      'User names are of ASCII letters, digits, dots, dashes and underscores, and of no others.',
  },
  {
    date: '2026-11-22',
    version: 1,
    hash: 'fae2828f66b09c22',
    change: 'Streams of Server-Sent Events, channels of Pusher, the admin console. Additions only.',
  },
  {
    date: '2026-11-23',
    version: 1,
    hash: '71474ed91005a2f2',
    change:
      'Reactions may be emoji that are joined of several, imported lines may be files. Additions only.',
  },
]
