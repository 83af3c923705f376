import type { Connection } from '../connection/connection.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { Stored } from '../outbox/outbox-queue.ts'

/** One attempt of what waits in the outbox, as a command of the protocol. */
export async function sendCommand(
  request: Connection['request'],
  roomId: string,
  command: OutboxEntry['command'],
  clientMsgId: string,
): Promise<Stored> {
  const { kind } = command
  if (kind === 'send') {
    const { clientMsgId: _, attachments, mentions, ...draft } = command.draft
    return await request('message:send', {
      ...draft,
      roomId,
      clientMsgId,
      ...(mentions !== undefined && { mentions: [...mentions] }),
      ...(attachments !== undefined && { attachments: attachments.map(({ id }) => id) }),
    })
  }
  const { seq } = command
  if (kind === 'edit') {
    return await request('message:edit', { roomId, seq, clientMsgId, text: command.text })
  }
  return await request('message:delete', { roomId, seq, clientMsgId })
}
