import { invalid, ParleyError, RESERVED_USER_IDS, SYSTEM_ID } from '@parley/message-schema'
import type { ImportTerms, PendingLine, Tally } from './import-batch.ts'
import type { RememberedIds } from './remembered-ids.ts'

export interface NewSender {
  readonly id: string
  readonly displayName: string | undefined
}

export interface SenderPorts {
  readonly missingUsers: (ids: readonly string[]) => Promise<string[]>
  readonly erasedUsers: (ids: readonly string[]) => Promise<string[]>
  readonly createUsers: (users: readonly NewSender[]) => Promise<void>
}

/** Nobody has these ids; what the system said is the system's again. */
const isReserved = (id: string): boolean => id !== SYSTEM_ID && RESERVED_USER_IDS.has(id)

/** Senders that are not there are made, or their lines fail. Answers the lines that are left. */
export async function settleSenders(
  { missingUsers, erasedUsers, createUsers }: SenderPorts,
  terms: ImportTerms,
  { counts, fail }: Tally,
  all: readonly PendingLine[],
  made: RememberedIds,
): Promise<PendingLine[]> {
  const lines = all.filter(({ number, line }) => {
    if (!isReserved(line.senderId)) return true
    fail(number, line.id, invalid('senderId', 'is reserved'))
    return false
  })
  const senders = new Map<string, NewSender>()
  for (const { line } of lines) {
    if (line.senderId === SYSTEM_ID) continue
    senders.set(line.senderId, { id: line.senderId, displayName: line.sender?.displayName })
  }
  const missing = new Set(await missingUsers([...senders.keys()]))
  if (missing.size === 0) return lines
  const erased = new Set(await erasedUsers([...missing]))
  const settled = lines.filter(({ number, line: { id, senderId } }) => {
    // What was erased is not brought back.
    if (erased.has(senderId)) {
      fail(number, id, new ParleyError('GONE', { message: 'senderId: this user was erased' }))
      return false
    }
    if (terms.users !== 'refuse' || !missing.has(senderId)) return true
    const message = 'senderId: there is no such user'
    fail(number, id, new ParleyError('NOT_FOUND', { message }))
    return false
  })
  if (terms.users === 'refuse') return settled
  for (const id of erased) missing.delete(id)
  if (missing.size === 0) return settled
  // In a dry run they are missing again with the next lines.
  const unmade = [...missing].filter((id) => !made.has(id))
  counts.usersCreated += unmade.length
  for (const id of unmade) made.add(id)
  if (!terms.dryRun) {
    await createUsers([...senders.values()].filter(({ id }) => missing.has(id)))
  }
  return settled
}
