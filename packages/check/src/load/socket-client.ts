import type { CommandData, Reply } from '@parley/message-schema'
import { untilTrue } from './until-true.ts'
import type { Attempt, Device, LoadClient } from './load-client.ts'
import { done, refused, unanswered, type Outcome } from './outcome.ts'
import type { Recorder } from './recorder.ts'
import { attemptOverRest } from './rest-operations.ts'
import { createRest } from './rest.ts'
import { RoomReading } from './room-reading.ts'
import type { SignIn } from './sign-in.ts'
import { SocketReader, type ChatSocket } from './socket-reader.ts'

export interface SocketClientOptions {
  readonly url: string
  readonly device: Device & { readonly via: 'websocket' | 'polling' }
  readonly signIn: SignIn
  readonly recorder: Recorder
  readonly from?: Readonly<Record<string, number>>
}

const ANSWER_MS = 8_000

/** A bare Socket.IO client, over WebSocket or over polling alone. */
export function createSocketClient(options: SocketClientOptions): LoadClient {
  const { url, device, signIn, recorder, from } = options
  const reading = new RoomReading(recorder, device)
  const reader = new SocketReader({
    url,
    transport: device.via,
    getToken: signIn.getToken,
    reading,
    ...(from !== undefined && { from }),
  })
  const rest = createRest(url, signIn.getToken)
  const repeat: LoadClient['repeat'] = async (attempt) => ({
    outcome: await attemptOverRest(rest, attempt),
    via: 'http',
  })
  return {
    device,
    reading,
    isInLanes: true,
    start: () => void reader.socket.connect(),
    live: (signal) => untilTrue(() => reader.isLive, signal),
    isLive: () => reader.isLive,
    async attempt(attempt) {
      const asked = ask(reader.socket.timeout(ANSWER_MS), attempt)
      if (asked === null) return repeat(attempt)
      try {
        return { outcome: toOutcome(await asked) }
      } catch {
        return { outcome: unanswered() }
      }
    },
    repeat,
    close: async () => reader.close(),
  }
}

type Asking = ReturnType<ChatSocket['timeout']>
type AnyData = CommandData<
  | 'message:send'
  | 'message:edit'
  | 'message:delete'
  | 'reaction:set'
  | 'read:set'
  | 'typing:set'
  | 'presence:set'
>

/** `null` for what there is no command for. */
function ask(
  socket: Asking,
  { op, roomId, key, ref: seq = 0, value, mode, mentions }: Attempt,
): Promise<Reply<AnyData>> | null {
  const text = String(value)
  switch (op) {
    case 'send':
      return socket.emitWithAck('message:send', {
        roomId,
        clientMsgId: key,
        text,
        ...(mentions !== undefined && { mentions: [...mentions] }),
      })
    case 'edit':
      return socket.emitWithAck('message:edit', { roomId, seq, clientMsgId: key, text })
    case 'delete':
      return socket.emitWithAck('message:delete', { roomId, seq, clientMsgId: key })
    case 'react':
      return socket.emitWithAck('reaction:set', { roomId, seq, key: text, on: mode !== 'off' })
    case 'read':
      return socket.emitWithAck('read:set', {
        roomId,
        upTo: Number(value),
        ...(mode === 'set' && { mode }),
      })
    case 'typing':
      return socket.emitWithAck('typing:set', { roomId, on: true })
    case 'presence':
      return socket.emitWithAck('presence:set', { text })
    case 'history':
    case 'search':
    case 'unread':
    case 'join':
    case 'leave':
    case 'remove':
    case 'ban':
      return null
  }
}

const toOutcome = (reply: Reply<AnyData>): Outcome =>
  reply.ok ? done(reply.data) : refused(reply.error)
