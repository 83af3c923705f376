import type { DigestRhythm, MessageBody } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import { inRounds } from '../jobs/in-rounds.ts'
import { cutText, describeBody } from '../notifications/push-text.ts'
import { digestMail, type DigestRoom } from './digest-mail.ts'
import type { Mailer } from './mailer.ts'
import { hashEmailToken } from './my-email.ts'
import { mailRetryMs, newEmailToken, type EmailLink } from './send-confirm-mails.ts'

export interface DigestUser {
  readonly userId: string
  readonly address: string
  readonly rhythm: DigestRhythm
  readonly previews: boolean
  readonly sentAt: Date | null
  readonly lastSeenAt: Date | null
  readonly attempts: number
}

/** What one has not read of a room and was not told of by mail. */
export interface UnreadRoom {
  readonly roomId: string
  readonly name: string | null
  readonly isDirect: boolean
  /** Ascending, at most as many as were asked for. */
  readonly messages: readonly { readonly seq: number; readonly ts: Date }[]
}

export interface LastMessage {
  readonly roomId: string
  readonly seq: number
  readonly from: string
  readonly body: MessageBody
}

export interface DigestStore {
  /** Takes users to look at for `leaseMs`. */
  readonly take: (now: Date, limit: number, leaseMs: number) => Promise<DigestUser[]>
  readonly unread: (userId: string, now: Date) => Promise<UnreadRoom[]>
  readonly lastMessages: (
    keys: readonly { readonly roomId: string; readonly seq: number }[],
  ) => Promise<LastMessage[]>
  /** Before the mail: from now on these messages were told of, whatever happens. */
  readonly begin: (
    userId: string,
    rooms: readonly { readonly roomId: string; readonly seq: number }[],
    link: EmailLink,
  ) => Promise<void>
  /** The mail was not taken: they were not. */
  readonly undo: (userId: string, roomIds: readonly string[], tokenHash: Buffer) => Promise<void>
  /** When to look again; `sentAt` if a mail was sent, `failed` if one was not taken. */
  readonly settle: (
    user: DigestUser,
    dueAt: Date,
    outcome: { readonly sentAt: Date } | 'failed' | 'nothing',
  ) => Promise<void>
  /** The address takes no mails: it is to be confirmed again. */
  readonly giveUp: (user: DigestUser) => Promise<void>
}

export interface SendDigestsPorts {
  readonly store: DigestStore
  readonly mailer: Mailer
  readonly connectedAmong: (userIds: readonly string[]) => Promise<ReadonlySet<string>>
  readonly publicUrl: string
  /** Of who wants one `daily`. */
  readonly everyMs: number
  /** How old something is, and how long its reader is away, before there is a mail. */
  readonly afterMs: number
  readonly logger: Logger
  readonly now: () => Date
}

const HOUR_MS = 3_600_000
const AT_ONCE = 20
const ROUNDS = 10
const LEASE_MS = 10 * 60_000
const ATTEMPTS = 8
const LOOK_OFF_MS = 6 * HOUR_MS
const UNSUBSCRIBE_MS = 90 * 24 * HOUR_MS
const ROOMS_SHOWN = 10
const LINES_SHOWN = 3
const LINE_CHARACTERS = 200

/** The next look at somebody, or `now` if they may be written to. */
export function nextDigest(
  user: DigestUser,
  isConnected: boolean,
  now: Date,
  { everyMs, afterMs }: Pick<SendDigestsPorts, 'everyMs' | 'afterMs'>,
): Date | 'now' {
  const at = (ms: number): Date => new Date(ms)
  if (user.rhythm === 'off') return at(now.getTime() + LOOK_OFF_MS)
  const gapMs = user.rhythm === 'hourly' ? HOUR_MS : everyMs
  const earliestMs = (user.sentAt?.getTime() ?? -Infinity) + gapMs
  if (earliestMs > now.getTime()) return at(earliestMs)
  if (isConnected) return at(now.getTime() + Math.max(afterMs, 60_000))
  const awayMs = (user.lastSeenAt?.getTime() ?? -Infinity) + afterMs
  return awayMs > now.getTime() ? at(awayMs) : 'now'
}

/** How soon to look again at somebody who had nothing to be told of. */
const lookMs = (afterMs: number): number => Math.min(HOUR_MS, Math.max(afterMs / 4, 60_000))

/** Newest rooms first. */
const newestOf = ({ messages }: UnreadRoom): number =>
  Math.max(...messages.map(({ ts }) => ts.getTime()))

export function createSendDigests(ports: SendDigestsPorts) {
  const { store, mailer, connectedAmong, publicUrl, afterMs, logger, now } = ports

  async function toDigest(user: DigestUser, rooms: readonly UnreadRoom[]): Promise<DigestRoom[]> {
    const shown = rooms
      .toSorted((one, other) => newestOf(other) - newestOf(one))
      .slice(0, ROOMS_SHOWN)
    const keys = shown.flatMap(({ roomId, messages }) =>
      messages.slice(-LINES_SHOWN).map(({ seq }) => ({ roomId, seq })),
    )
    const last = user.previews ? await store.lastMessages(keys) : []
    const lineOf = ({ from, body }: LastMessage) => ({
      from: cutText(from, 80),
      text: describeBody(body, LINE_CHARACTERS),
    })
    return [...shown, ...rooms.filter((room) => !shown.includes(room))].map((room) => ({
      name: user.previews ? room.name : null,
      isDirect: room.isDirect,
      count: room.messages.length,
      lines: last.filter(({ roomId }) => roomId === room.roomId).map(lineOf),
    }))
  }

  async function sendTo(user: DigestUser, rooms: readonly UnreadRoom[]): Promise<void> {
    const { userId, address } = user
    const digest = await toDigest(user, rooms)
    const token = newEmailToken()
    const tokenHash = hashEmailToken(token)
    const expiresAt = new Date(now().getTime() + UNSUBSCRIBE_MS)
    const positions = rooms.map(({ roomId, messages }) => ({
      roomId,
      seq: messages.at(-1)?.seq ?? 0,
    }))
    const link: EmailLink = { userId, address, purpose: 'unsubscribe', tokenHash, expiresAt }
    await store.begin(userId, positions, link)
    const links = {
      open: `${publicUrl}/`,
      unsubscribe: `${publicUrl}/v1/email/unsubscribe?token=${token}`,
    }
    try {
      await mailer.send(digestMail(address, digest, links))
    } catch (error) {
      logger.warn({ err: error }, 'a digest was not taken')
      await store.undo(
        userId,
        positions.map(({ roomId }) => roomId),
        tokenHash,
      )
      if (user.attempts >= ATTEMPTS) return store.giveUp(user)
      return store.settle(user, new Date(now().getTime() + mailRetryMs(user.attempts)), 'failed')
    }
    const sentAt = now()
    await store.settle(user, new Date(sentAt.getTime() + lookMs(afterMs)), { sentAt })
  }

  async function lookAt(user: DigestUser, isConnected: boolean): Promise<void> {
    const at = now()
    const next = nextDigest(user, isConnected, at, ports)
    if (next !== 'now') return store.settle(user, next, 'nothing')
    const rooms = await store.unread(user.userId, at)
    const oldMs = at.getTime() - afterMs
    const isOld = rooms.some(({ messages }) => messages.some(({ ts }) => ts.getTime() <= oldMs))
    if (isOld) return sendTo(user, rooms)
    return store.settle(user, new Date(at.getTime() + lookMs(afterMs)), 'nothing')
  }

  async function sendRound(): Promise<number> {
    const users = await store.take(now(), AT_ONCE, LEASE_MS)
    const connected = await connectedAmong(users.map(({ userId }) => userId))
    for (const user of users) await lookAt(user, connected.has(user.userId))
    return users.length
  }

  /**
   * A mail cannot be taken back and a server cannot be asked whether it has it: who dies while one is
   * under way leaves its messages as told, so that nobody is told twice.
   */
  return (signal?: AbortSignal): Promise<void> =>
    inRounds({ rounds: ROUNDS, atOnce: AT_ONCE }, signal, sendRound)
}
