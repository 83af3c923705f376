import { invalid, ParleyError, RESERVED_USER_IDS, SYSTEM_ID } from '@parley/message-schema'
import type { ImportTerms, PendingLine, Tally } from './import-batch.ts'
import type { RememberedIds } from './remembered-ids.ts'

export interface NewSender {
  readonly id: string
  readonly displayName: string | undefined
}

export interface SenderPorts {
  readonly missingUsers: (ids: readonly string[]) => Promise<string[]>
  readonly createUsers: (users: readonly NewSender[]) => Promise<void>
}

/** Nobody has these ids; what the system said is the system's again. */
const isReserved = (id: string): boolean => id !== SYSTEM_ID && RESERVED_USER_IDS.has(id)

/** Senders that are not there are made, or their lines fail. Answers the lines that are left. */
export async function settleSenders(
  { missingUsers, createUsers }: SenderPorts,
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
  if (terms.users === 'refuse') {
    return lines.filter(({ number, line }) => {
      if (!missing.has(line.senderId)) return true
      const message = 'senderId: there is no such user'
      fail(number, line.id, new ParleyError('NOT_FOUND', { message }))
      return false
    })
  }
  // In a dry run they are missing again with the next lines.
  const unmade = [...missing].filter((id) => !made.has(id))
  counts.usersCreated += unmade.length
  for (const id of unmade) made.add(id)
  if (!terms.dryRun) {
    await createUsers([...senders.values()].filter(({ id }) => missing.has(id)))
  }
  return lines
}
