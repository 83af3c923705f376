import {
  importedText,
  ParleyError,
  SYSTEM_ID,
  type ImportLine,
  type LogCommandOf,
} from '@parley/message-schema'
import type { RunCommand } from '../room-log/run-command.ts'
import { lineIdOf } from './parse-line.ts'
import { runInOrder } from './run-in-order.ts'

/** A line whose message can be written now: what it refers to is in the log. */
export interface ReadyLine {
  readonly number: number
  readonly line: ImportLine
  readonly lineId: string
  readonly replyTo: number | undefined
  readonly threadId: number | undefined
}

export interface WriteLinesPorts {
  readonly run: RunCommand
  readonly noteLines: (
    roomId: string,
    lines: readonly { readonly lineId: string; readonly seq: number }[],
  ) => Promise<void>
}

export type LineResult = { readonly seq: number; readonly isNew: boolean } | ParleyError

function toCommand(
  roomId: string,
  { line, lineId, replyTo, threadId }: ReadyLine,
): LogCommandOf<'message:send'> {
  const { senderId, type, payload, mentions, ts, editedAt } = line
  const text = importedText(line)
  const body = {
    ...(text !== undefined && { text }),
    ...(payload !== undefined && { payload }),
    ...(mentions !== undefined && { mentions }),
    ...(editedAt !== undefined && { importedEditAt: editedAt }),
  }
  return {
    kind: 'message:send',
    roomId,
    actor: { id: senderId, kind: senderId === SYSTEM_ID ? 'system' : 'user' },
    clientMsgId: lineId,
    importedAt: ts,
    ...(type !== undefined && { type }),
    // Of what was deleted nothing is ever stored.
    ...(line.deleted !== true && body),
    ...(replyTo !== undefined && { replyTo }),
    ...(threadId !== undefined && { threadId }),
  }
}

async function deleteLines(
  run: RunCommand,
  { roomId, source }: { readonly roomId: string; readonly source: string },
  deleted: readonly { readonly seq: number; readonly id: string }[],
): Promise<void> {
  const results = await runInOrder(
    run,
    deleted.map(({ seq, id }): LogCommandOf<'message:delete'> => ({
      kind: 'message:delete',
      roomId,
      seq,
      actor: { id: 'import', kind: 'system' },
      clientMsgId: lineIdOf(roomId, source, id, 'delete'),
    })),
  )
  // It may be gone already, by retention or by hand.
  const wrong = results.find((one) => one instanceof ParleyError && one.code !== 'GONE')
  if (wrong instanceof ParleyError) throw wrong
}

/** Answers what became of each line, in their order. Throws what stops the import. */
export async function writeLines(
  { run, noteLines }: WriteLinesPorts,
  place: { readonly roomId: string; readonly source: string },
  ready: readonly ReadyLine[],
): Promise<LineResult[]> {
  const results = await runInOrder(
    run,
    ready.map((one) => toCommand(place.roomId, one)),
  )
  const written: { lineId: string; seq: number }[] = []
  const deleted: { seq: number; id: string }[] = []
  const answers = ready.map(({ line, lineId }, index): LineResult => {
    const result = results[index]
    if (result === undefined) return new ParleyError('INTERNAL')
    if (result instanceof ParleyError) return result
    written.push({ lineId, seq: result.seq })
    if (line.deleted === true) deleted.push({ seq: result.seq, id: line.id })
    return { seq: result.seq, isNew: result.dup !== true }
  })
  await deleteLines(run, place, deleted)
  // Last: a line that is noted is done, also with its being deleted.
  if (written.length > 0) await noteLines(place.roomId, written)
  return answers
}
