import { setTimeout as sleep } from 'node:timers/promises'
import { isRetryable, ParleyError, type ImportLine, type LogCommandOf } from '@parley/message-schema'
import type { RunCommand } from '../room-log/run-command.ts'
import { lineIdOf } from './parse-line.ts'

export interface ImportTerms {
  readonly roomId: string
  readonly source: string
  readonly users: 'create' | 'refuse'
  readonly dryRun: boolean
}

export interface NewSender {
  readonly id: string
  readonly displayName: string | undefined
}

export interface BatchPorts {
  readonly run: RunCommand
  /** Where lines are in the log, by the id that is made of theirs. */
  readonly findLines: (roomId: string, lineIds: readonly string[]) => Promise<Map<string, number>>
  readonly noteLines: (
    roomId: string,
    lines: readonly { readonly lineId: string; readonly seq: number }[],
  ) => Promise<void>
  readonly missingUsers: (ids: readonly string[]) => Promise<string[]>
  readonly createUsers: (users: readonly NewSender[]) => Promise<void>
  readonly onFailure?: (error: unknown) => void
}

export interface Tally {
  readonly counts: { imported: number; already: number; usersCreated: number }
  readonly fail: (line: number, id: string | null, error: ParleyError) => void
}

interface Pending {
  readonly number: number
  readonly line: ImportLine
}

/** A line whose message can be written now: what it refers to is in the log. */
interface Ready extends Pending {
  readonly lineId: string
  readonly replyTo: number | undefined
  readonly threadId: number | undefined
}

/** In a dry run nothing has a place in the log: so many lines are remembered, references beyond pass. */
const REMEMBERED_LINES = 1_000_000
const DRY = 1
const ATTEMPTS = 6
const FIRST_RETRY_MS = 200

export interface ImportBatch {
  readonly add: (line: Pending) => void
  readonly size: () => number
  /** Throws what stops the whole import. */
  readonly write: () => Promise<void>
}

export function createImportBatch(
  ports: BatchPorts,
  terms: ImportTerms,
  { counts, fail }: Tally,
): ImportBatch {
  const { roomId, source } = terms
  const seen = new Set<string>()
  let pending: Pending[] = []
  const idOf = (id: string): string => lineIdOf(roomId, source, id)

  async function knownLines(lines: readonly Pending[]): Promise<Map<string, number>> {
    const ids = new Set<string>()
    for (const { line } of lines) {
      for (const id of [line.id, line.replyTo, line.threadId]) if (id !== undefined) ids.add(idOf(id))
    }
    const known = await ports.findLines(roomId, [...ids])
    for (const id of ids) if (seen.has(id)) known.set(id, DRY)
    return known
  }

  /** Senders that are not there are made, or their lines fail. */
  async function settleSenders(lines: readonly Pending[]): Promise<Pending[]> {
    const senders = new Map<string, NewSender>()
    for (const { line } of lines) {
      senders.set(line.senderId, { id: line.senderId, displayName: line.sender?.displayName })
    }
    const missing = new Set(await ports.missingUsers([...senders.keys()]))
    if (missing.size === 0) return [...lines]
    if (terms.users === 'create') {
      if (!terms.dryRun) await ports.createUsers([...senders.values()].filter(({ id }) => missing.has(id)))
      counts.usersCreated += [...missing].filter((id) => !seen.has(`user ${id}`)).length
      if (terms.dryRun) for (const id of missing) if (seen.size < REMEMBERED_LINES) seen.add(`user ${id}`)
      return [...lines]
    }
    return lines.filter(({ number, line }) => {
      if (!missing.has(line.senderId)) return true
      fail(number, line.id, new ParleyError('NOT_FOUND', { message: 'senderId: there is no such user' }))
      return false
    })
  }

  async function writeReady(ready: readonly Ready[], known: Map<string, number>): Promise<void> {
    if (ready.length === 0) return
    if (terms.dryRun) {
      for (const { lineId } of ready) {
        known.set(lineId, DRY)
        if (seen.size < REMEMBERED_LINES) seen.add(lineId)
      }
      counts.imported += ready.length
      return
    }
    const results = await runInOrder(ports.run, ready.map((one) => toCommand(roomId, one)))
    const written: { lineId: string; seq: number }[] = []
    const deleted: { seq: number; id: string }[] = []
    for (const [index, { number, line, lineId }] of ready.entries()) {
      const result = results[index]
      if (result === undefined) continue
      if (result instanceof ParleyError) {
        fail(number, line.id, result)
        continue
      }
      if (result.dup === true) counts.already += 1
      else counts.imported += 1
      known.set(lineId, result.seq)
      written.push({ lineId, seq: result.seq })
      if (line.deleted === true) deleted.push({ seq: result.seq, id: line.id })
    }
    await removeDeleted(deleted)
    // Last: a line that is noted is done, also with its being deleted.
    if (written.length > 0) await ports.noteLines(roomId, written)
  }

  async function removeDeleted(deleted: readonly { seq: number; id: string }[]): Promise<void> {
    const results = await runInOrder(
      ports.run,
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

  return {
    add: (line) => void pending.push(line),
    size: () => pending.length,
    async write() {
      const lines = await settleSenders(pending)
      pending = []
      if (lines.length === 0) return
      const known = await knownLines(lines)
      let ready: Ready[] = []
      const readyIds = new Set<string>()
      for (const one of lines) {
        const { number, line } = one
        const lineId = idOf(line.id)
        const refers = [line.replyTo, line.threadId].filter((id) => id !== undefined).map(idOf)
        // An answer to a line of this batch waits until that one has its place.
        if (readyIds.has(lineId) || refers.some((id) => readyIds.has(id))) {
          await writeReady(ready, known)
          ready = []
          readyIds.clear()
        }
        if (known.has(lineId)) {
          counts.already += 1
          continue
        }
        const isForgotten = terms.dryRun && seen.size >= REMEMBERED_LINES
        if (!isForgotten && refers.some((id) => !known.has(id))) {
          const field = line.replyTo !== undefined && !known.has(idOf(line.replyTo)) ? 'replyTo' : 'threadId'
          const message = `${field}: no line before it has this id`
          fail(number, line.id, new ParleyError('INVALID', { message }))
          continue
        }
        const seqOf = (id: string | undefined) => (id === undefined ? undefined : known.get(idOf(id)))
        ready.push({ ...one, lineId, replyTo: seqOf(line.replyTo), threadId: seqOf(line.threadId) })
        readyIds.add(lineId)
      }
      await writeReady(ready, known)
    },
  }
}

function toCommand(
  roomId: string,
  { line, lineId, replyTo, threadId }: Ready,
): LogCommandOf<'message:send'> {
  const { senderId, type, text, payload, mentions, ts, editedAt, deleted } = line
  // Of what was deleted nothing is ever stored.
  const body = deleted === true ? {} : { text: text ?? undefined, payload, mentions, editedAt }
  return {
    kind: 'message:send',
    roomId,
    actor: { id: senderId, kind: 'user' },
    clientMsgId: lineId,
    importedAt: ts,
    ...(type !== undefined && { type }),
    ...(body.text !== undefined && { text: body.text }),
    ...(body.payload !== undefined && { payload: body.payload }),
    ...(body.mentions !== undefined && { mentions: body.mentions }),
    ...(body.editedAt !== undefined && { importedEditAt: body.editedAt }),
    ...(replyTo !== undefined && { replyTo }),
    ...(threadId !== undefined && { threadId }),
  }
}

interface Written {
  readonly seq: number
  readonly dup?: true | undefined
}

/**
 * All at once, in their order: a room's commands are a queue. What may be tried again is, with the
 * same ids; what is refused stays with its line; what stays impossible stops the import.
 */
async function runInOrder<Kind extends 'message:send' | 'message:delete'>(
  run: RunCommand,
  commands: readonly LogCommandOf<Kind>[],
): Promise<(Written | ParleyError)[]> {
  for (let attempt = 1; ; attempt += 1) {
    const results = await Promise.all(
      commands.map((command) =>
        run<Kind>(command).then(
          (data) => data as Written,
          (error: unknown) => ParleyError.from(error),
        ),
      ),
    )
    // Those that were written are answered again what they were: so all of them are asked again.
    const again = results.find((one) => one instanceof ParleyError && isRetryable(one.code))
    if (!(again instanceof ParleyError)) return results
    if (attempt === ATTEMPTS) throw again
    await sleep(FIRST_RETRY_MS * 2 ** (attempt - 1))
  }
}
