import {
  ParleyError,
  SYSTEM_ID,
  type Actor,
  type MessageSent,
  type Sender,
  type ServerSend,
} from '@parley/message-schema'
import type { AuditEntry } from '../audit/audit-entry.ts'
import type { KnownServerUser, ServerUserStore } from '../db/users/server-user-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import type { PutUsers } from '../users/put-users.ts'

export type IdentifiedSend = ServerSend & { readonly clientMsgId: string }

/** One answer a message, in their order. */
export type SendMessages = (
  keyId: string,
  messages: readonly IdentifiedSend[],
) => Promise<(MessageSent | ParleyError)[]>

export interface SendMessagesPorts {
  readonly run: RunCommand
  readonly findUsers: ServerUserStore['find']
  readonly putUsers: PutUsers
  /** Of these rooms, those that are there. */
  readonly existing: (roomIds: readonly string[]) => Promise<ReadonlySet<string>>
  readonly audit: (entries: readonly AuditEntry[]) => Promise<void>
}

const toActor = (as: Sender): Actor =>
  as.kind === 'system' ? { id: SYSTEM_ID, kind: 'system' } : { id: as.id, kind: as.kind }

function refusalOf(as: Sender, users: ReadonlyMap<string, KnownServerUser>): ParleyError | null {
  if (as.kind === 'system') return null
  const known = users.get(as.id)
  if (known === undefined) {
    return new ParleyError('NOT_FOUND', { message: 'as.id: there is no such user.' })
  }
  const isBot = known.user.kind === 'bot'
  if (isBot === (as.kind === 'bot')) return null
  return new ParleyError('CONFLICT', {
    message: isBot ? 'as.kind: this user is a bot.' : 'as.kind: this user is no bot.',
  })
}

/** A bot is there from the first time that it speaks. */
async function findSenders(
  { findUsers, putUsers }: SendMessagesPorts,
  keyId: string,
  messages: readonly ServerSend[],
): Promise<ReadonlyMap<string, KnownServerUser>> {
  const senders = messages.flatMap(({ as }) => (as.kind === 'system' ? [] : [as]))
  const ids = [...new Set(senders.map(({ id }) => id))]
  const users = await findUsers(ids)
  const newBots = new Map(
    senders.flatMap((as) => {
      if (as.kind !== 'bot' || users.has(as.id)) return []
      const { id, displayName = id } = as
      return [[id, { id, displayName, kind: 'bot' as const }] as const]
    }),
  )
  if (newBots.size === 0) return users
  await putUsers(keyId, [...newBots.values()])
  return findUsers(ids)
}

/** What was said in somebody's name is written down; bots and the system say who they are. */
function auditOf(keyId: string, sent: readonly ServerSend[]): AuditEntry[] {
  const counts = new Map<string, number>()
  for (const { as } of sent) {
    if (as.kind === 'user') counts.set(as.id, (counts.get(as.id) ?? 0) + 1)
  }
  return Array.from(counts, ([targetId, messages]) => ({
    actorId: keyId,
    actorKind: 'key',
    action: 'user:sent-as',
    targetId,
    details: { messages },
  }))
}

/**
 * To the log go all at once, and it makes few transactions of them. Whether a private room is there is
 * no secret to a backend: whoever is no member of it is said to be none.
 */
export function createSendMessages(ports: SendMessagesPorts): SendMessages {
  const { run, existing, audit } = ports
  return async (keyId, messages) => {
    const users = await findSenders(ports, keyId, messages)
    const answers = await Promise.all(
      messages.map(async ({ as, ...draft }): Promise<MessageSent | ParleyError> => {
        const refusal = refusalOf(as, users)
        if (refusal !== null) return refusal
        return run({ ...draft, kind: 'message:send', actor: toActor(as) }).catch((error: unknown) =>
          ParleyError.from(error),
        )
      }),
    )
    // The room's own refusal, and not that of a file or of another thing that the message names.
    const isHidden = (answer: unknown): boolean =>
      answer instanceof ParleyError && answer.code === 'NOT_FOUND' && answer.details === undefined
    const hidden = messages.filter((_, index) => isHidden(answers[index]))
    const there = await existing([...new Set(hidden.map(({ roomId }) => roomId))])
    const settled = answers.map((answer, index) => {
      const { roomId, as } = messages[index] as IdentifiedSend
      const isStranger = isHidden(answer) && as.kind !== 'system' && users.has(as.id)
      return isStranger && there.has(roomId) ? new ParleyError('NOT_MEMBER') : answer
    })
    const sent = messages.filter((_, index) => !(settled[index] instanceof ParleyError))
    await audit(auditOf(keyId, sent))
    return settled
  }
}
