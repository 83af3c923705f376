import { createHash } from 'node:crypto'
import {
  ParleyError,
  type Actor,
  type QueuedReport,
  type SettleAction,
} from '@parley/message-schema'
import type { ReviewedRoom } from '../db/rooms/reported-messages.ts'
import type { ReportStore, StoredReport } from '../db/rooms/report-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { endOf, type End } from './end-of.ts'
import type { ReviewQueue } from './review-queue.ts'

/** A moderator, or a backend or an operator in the name of the system. */
export interface Settler {
  readonly actor: Actor
  /** Of the user, or of the API key. */
  readonly id: string
  readonly kind: 'user' | 'key' | 'operator'
}

export interface Settling extends End {
  readonly action: SettleAction
  readonly reason?: string | undefined
}

export interface SettleReportPorts {
  readonly store: Pick<ReportStore, 'find' | 'claim' | 'release' | 'settle'>
  readonly run: RunCommand
  readonly requireReviewer: (userId: string, roomId: string) => Promise<ReviewedRoom>
  readonly view: ReviewQueue['view']
}

export type SettleReport = (
  settler: Settler,
  reportId: string,
  settling: Settling,
) => Promise<QueuedReport>

/** Longer than the log takes for the act; then whoever began is no more, and others may. */
const LEASE_MS = 30_000

const missing = (): ParleyError =>
  new ParleyError('NOT_FOUND', { message: 'There is no such report.' })
const settled = ({ outcome, settledBy }: StoredReport): ParleyError =>
  new ParleyError('CONFLICT', {
    message: 'This report is settled already.',
    details: { outcome, settledBy },
  })

/** The same for who does the same again. Ids are as long as the column allows: these are of one length. */
const holderOf = ({ kind, id }: Settler, action: SettleAction): string =>
  createHash('sha256').update(`${kind}:${id}:${action}`).digest('hex')

/** To who may not know of the room, there is no report of it. */
function hide(error: unknown): never {
  const isStranger =
    error instanceof ParleyError && (error.code === 'NOT_MEMBER' || error.code === 'BANNED')
  throw isStranger ? missing() : error
}

/** The act is done, or there is nothing to do it to any more. */
const IS_DONE: Partial<Record<SettleAction, string>> = { delete: 'GONE', kick: 'NOT_FOUND' }

async function act(
  run: RunCommand,
  actor: Actor,
  report: StoredReport,
  settling: Settling,
): Promise<void> {
  const { roomId, seq, authorId: userId, id: clientMsgId } = report
  const { action, reason, ...end } = settling
  if (action === 'dismiss') return
  if (action === 'delete') {
    await run({ kind: 'message:delete', actor, roomId, seq, clientMsgId })
    return
  }
  const until = endOf(end, Date.now())
  await run({
    kind: 'moderation:act',
    actor,
    roomId,
    userId,
    action,
    ...(until !== undefined && { until }),
    ...(reason !== undefined && { reason }),
  })
}

/**
 * First the reports of the message are taken, then it is acted through the room's log, which knows
 * what the settler may do, then they are settled. Whoever dies in between can do the same again: a
 * deletion has the report's id, and what was so already is so.
 */
export function createSettleReport({
  store,
  run,
  requireReviewer,
  view,
}: SettleReportPorts): SettleReport {
  async function requireMay({ kind, id }: Settler, report: StoredReport): Promise<number> {
    if (kind === 'key') return 1
    const { visibleFrom } =
      kind === 'operator'
        ? { visibleFrom: 1 }
        : await requireReviewer(id, report.roomId).catch(hide)
    if (report.authorId !== id) return visibleFrom
    throw new ParleyError('FORBIDDEN', { message: 'Nobody settles what is said about themselves.' })
  }

  return async (settler, reportId, settling) => {
    const report = await store.find(reportId)
    if (report === null) throw missing()
    const visibleFrom = await requireMay(settler, report)
    const { roomId, seq } = report
    const { action } = settling
    const isSame = (now: StoredReport): boolean =>
      !now.isOpen && now.outcome === action && now.settledBy === settler.id
    if (!report.isOpen) {
      if (isSame(report)) return view(report, visibleFrom)
      throw settled(report)
    }

    const holder = holderOf(settler, action)
    const now = new Date()
    const until = new Date(now.getTime() + LEASE_MS)
    if (!(await store.claim(report, { holder, now, until }))) {
      const current = await store.find(reportId)
      if (current !== null && isSame(current)) return view(current, visibleFrom)
      throw new ParleyError('CONFLICT', { message: 'Somebody else is settling this report.' })
    }
    try {
      await act(run, settler.actor, report, settling)
    } catch (error) {
      if (!(error instanceof ParleyError && error.code === IS_DONE[action])) {
        await store.release(roomId, seq, holder)
        throw error
      }
    }
    await store.settle({
      roomId,
      seq,
      holder,
      outcome: action,
      settledBy: settler.id,
      at: new Date(),
      audit: {
        actorId: settler.id,
        actorKind: settler.kind === 'key' ? 'key' : 'user',
        action: 'report:settled',
        roomId,
        targetId: report.authorId,
        details: { reportId, seq, outcome: action },
      },
    })
    const after = await store.find(reportId)
    if (after === null) throw missing()
    // Its lease was over, and somebody else was faster.
    if (!isSame(after)) throw settled(after)
    return view(after, visibleFrom)
  }
}
