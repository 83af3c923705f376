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
  const to = { roomId, clientMsgId }
  if (command.kind === 'send') {
    const { clientMsgId: _, attachments, mentions, ...draft } = command.draft
    return await request('message:send', {
      ...draft,
      ...to,
      ...(mentions && { mentions: [...mentions] }),
      ...(attachments && { attachments: attachments.map(({ id }) => id) }),
    })
  }
  const { seq } = command
  return command.kind === 'edit'
    ? await request('message:edit', { ...to, seq, text: command.text })
    : await request('message:delete', { ...to, seq })
}
