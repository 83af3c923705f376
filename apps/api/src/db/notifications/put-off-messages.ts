import type { TooFast } from '../../scheduled/send-scheduled.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { PoolConnection } from '../connect.ts'
import { derivedTable } from '../derived-table.ts'

interface WaitingRow {
  readonly id: Buffer
  readonly due_at: Date
}

/** A place in the queue each. What is due later than its place stays where it is. */
function planQueue(
  rows: readonly WaitingRow[],
  { messages, firstAt, everyMs }: TooFast,
): (readonly unknown[])[] {
  const taken = new Map(messages.map((message) => [message.id, message]))
  const moved: (readonly unknown[])[] = []
  let atMs = firstAt.getTime()
  for (const { id, due_at: dueAt } of rows) {
    const message = taken.get(fromBytes(id))
    if (message === undefined && dueAt.getTime() >= atMs) continue
    // Who was tried without an answer may not be changed, also while they wait.
    const status = message?.isTried === true ? 'sending' : 'pending'
    moved.push([id, new Date(Math.ceil(atMs)), status, message === undefined ? 0 : 1])
    atMs += everyMs
  }
  return moved
}

/** One person has at most as many as `LIMITS.scheduledMessages`. */
export async function putOffMessages(connection: PoolConnection, tooFast: TooFast): Promise<void> {
  const { userId, messages } = tooFast
  // What others have locked is being sent by them now.
  const rows = await connection.query<WaitingRow[]>(
    `SELECT id, due_at FROM scheduled_message
     WHERE user_id = ? AND (status = 'pending' OR id IN (${messages.map(() => '?').join()}))
     ORDER BY send_at, id FOR UPDATE SKIP LOCKED`,
    [userId, ...messages.map(({ id }) => toBytes(id))],
  )
  const moved = planQueue(rows, tooFast)
  if (moved.length === 0) return
  const { table, values } = derivedTable(['id', 'due_at', 'status', 'taken'], moved)
  await connection.query(
    `UPDATE scheduled_message s JOIN ${table} p ON p.id = s.id
     SET s.due_at = p.due_at, s.status = p.status, s.attempts = s.attempts - p.taken`,
    values,
  )
}
