import { ChatError, notJson } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { Stored } from '../outbox/outbox-queue.ts'

/** Where the server has told no limit of its own. */
const PACKET_BYTES = 256 * 1024
/** What a packet holds beside the payload. */
const ENVELOPE_BYTES = 1024

/**
 * The payload as it goes over the wire. A packet that is too large ends the connection instead of being
 * answered, so what can never be sent is refused for good here: it would be tried again for ever.
 */
function toWire<Payload>(payload: Payload, packetBytes = PACKET_BYTES): Payload {
  let json: string
  try {
    json = JSON.stringify(payload)
  } catch (cause) {
    throw notJson(cause)
  }
  if (new TextEncoder().encode(json).length > packetBytes - ENVELOPE_BYTES) {
    throw new ChatError({ code: 'TOO_LARGE', message: 'It is too large to be sent.' })
  }
  return JSON.parse(json) as Payload
}

/** One attempt of what waits in the outbox, as a command of the protocol. */
export async function sendCommand(
  { request, session }: Pick<Connection, 'request' | 'session'>,
  roomId: string,
  command: OutboxEntry['command'],
  clientMsgId: string,
): Promise<Stored> {
  const to = { roomId, clientMsgId }
  const packetBytes = session.current?.limits['packetBytes']
  if (command.kind === 'send') {
    const { clientMsgId: _, attachments, mentions, ...draft } = command.draft
    const message = {
      ...draft,
      ...to,
      ...(mentions && { mentions: [...mentions] }),
      ...(attachments && { attachments: attachments.map(({ id }) => id) }),
    }
    return await request('message:send', toWire(message, packetBytes))
  }
  const { seq } = command
  return command.kind === 'edit'
    ? await request('message:edit', toWire({ ...to, seq, text: command.text }, packetBytes))
    : await request('message:delete', { ...to, seq })
}
