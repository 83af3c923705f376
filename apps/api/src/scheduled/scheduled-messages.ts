import {
  invalid,
  LIMITS,
  ParleyError,
  type ScheduledChange,
  type ScheduledDraft,
  type ScheduledMessage,
  type ScheduledStatus,
} from '@parley/message-schema'

export type MessageDraft = ScheduledMessage['message']

export interface NewScheduled {
  readonly userId: string
  readonly roomId: string
  readonly clientMsgId: string | undefined
  readonly sendAt: Date
  readonly message: MessageDraft
}

export interface ScheduledStore {
  /** What was made with the same `clientMsgId`, as it is now; `mismatch`: it is another message. */
  readonly findEarlier: (scheduled: NewScheduled) => Promise<ScheduledMessage | 'mismatch' | null>
  /**
   * `full`: the user has as many as are allowed. `mismatch`: the `clientMsgId` is that of another one.
   * The same one again answers what is there.
   */
  readonly create: (
    scheduled: NewScheduled,
    now: Date,
  ) => Promise<ScheduledMessage | 'full' | 'mismatch'>
  /** After the id, in the order of making. */
  readonly list: (
    userId: string,
    status: ScheduledStatus | undefined,
    after: string | undefined,
    limit: number,
  ) => Promise<ScheduledMessage[]>
  /** `null`: there is none. `busy`: it was tried, or sent. */
  readonly change: (
    userId: string,
    id: string,
    change: { readonly sendAt?: Date; readonly message?: MessageDraft },
  ) => Promise<ScheduledMessage | 'busy' | 'full' | null>
  readonly remove: (userId: string, id: string) => Promise<'removed' | 'busy' | null>
}

export interface ScheduledPorts {
  readonly store: ScheduledStore
  /** Throws `NOT_FOUND` or `NOT_MEMBER`. */
  readonly requireMember: (userId: string, roomId: string) => Promise<void>
  /** Throws `NOT_FOUND` for files that are not the user's. */
  readonly requireFiles: (userId: string, ids: readonly string[]) => Promise<unknown>
  /** Files that are in no message yet are not removed before. */
  readonly holdFiles: (userId: string, ids: readonly string[], until: Date) => Promise<void>
  readonly now: () => Date
}

export interface ScheduledPage {
  readonly data: ScheduledMessage[]
  readonly hasMore: boolean
}

export interface ScheduledOperations {
  readonly create: (
    userId: string,
    roomId: string,
    draft: ScheduledDraft,
  ) => Promise<ScheduledMessage>
  readonly list: (
    userId: string,
    query: { readonly status?: ScheduledStatus; readonly after?: string; readonly limit: number },
  ) => Promise<ScheduledPage>
  readonly change: (
    userId: string,
    id: string,
    change: ScheduledChange,
  ) => Promise<ScheduledMessage>
  readonly remove: (userId: string, id: string) => Promise<void>
}

/** Longer than sending is tried. */
const HOLD_MS = 2 * 24 * 3600_000
const AHEAD_MS = LIMITS.scheduleAheadDays * 24 * 3600_000
const NO_SUCH = { message: 'There is no such scheduled message.' }
const BUSY = { message: 'This message is being sent, or was sent.' }
const FULL = { message: `At most ${LIMITS.scheduledMessages} messages wait to be sent.` }

function mustMatch(made: ScheduledMessage | 'mismatch'): ScheduledMessage {
  if (made === 'mismatch') throw new ParleyError('IDEMPOTENCY_MISMATCH')
  return made
}

function timeOf(sendAt: string, now: Date): Date {
  const at = new Date(sendAt)
  const refuse = (problem: string): never => {
    throw invalid('sendAt', problem)
  }
  if (at <= now) refuse('must be in the future')
  if (at.getTime() - now.getTime() > AHEAD_MS) refuse('must be within a year')
  return at
}

/** Whether one may write in the room is asked when the message is sent, and not now. */
export function createScheduledMessages(ports: ScheduledPorts): ScheduledOperations {
  const { store, requireMember, requireFiles, holdFiles, now } = ports

  async function checkFiles(userId: string, { attachments = [] }: MessageDraft): Promise<void> {
    if (attachments.length > 0) await requireFiles(userId, attachments)
  }

  async function keepFiles(userId: string, { message, sendAt }: ScheduledMessage): Promise<void> {
    const { attachments = [] } = message
    const until = new Date(new Date(sendAt).getTime() + HOLD_MS)
    if (attachments.length > 0) await holdFiles(userId, attachments, until)
  }

  return {
    async create(userId, roomId, { sendAt, clientMsgId, ...message }) {
      const scheduled = { userId, roomId, clientMsgId, sendAt: new Date(sendAt), message }
      // Before time and rights: a repetition may come when the message was sent already.
      const earlier = await store.findEarlier(scheduled)
      if (earlier !== null) return mustMatch(earlier)
      await requireMember(userId, roomId)
      timeOf(sendAt, now())
      await checkFiles(userId, message)
      const created = await store.create(scheduled, now())
      if (created === 'full') throw new ParleyError('REJECTED', FULL)
      const made = mustMatch(created)
      await keepFiles(userId, made)
      return made
    },

    async list(userId, { status, after, limit }) {
      const found = await store.list(userId, status, after, limit + 1)
      return { data: found.slice(0, limit), hasMore: found.length > limit }
    },

    async change(userId, id, { sendAt, message }) {
      if (message !== undefined) await checkFiles(userId, message)
      const changed = await store.change(userId, id, {
        ...(sendAt !== undefined && { sendAt: timeOf(sendAt, now()) }),
        ...(message !== undefined && { message }),
      })
      if (changed === null) throw new ParleyError('NOT_FOUND', NO_SUCH)
      if (changed === 'busy') throw new ParleyError('CONFLICT', BUSY)
      if (changed === 'full') throw new ParleyError('REJECTED', FULL)
      await keepFiles(userId, changed)
      return changed
    },

    async remove(userId, id) {
      const removed = await store.remove(userId, id)
      if (removed === null) throw new ParleyError('NOT_FOUND', NO_SUCH)
      if (removed === 'busy') throw new ParleyError('CONFLICT', BUSY)
    },
  }
}
