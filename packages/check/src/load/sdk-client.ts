import type { Chat, Guarantees } from '@parley/client'
import { OWN_SDK, type Sdk } from '../previous/sdk.ts'
import type { Attempt, Device, LoadClient } from './load-client.ts'
import { done, refused, unanswered, type Outcome } from './outcome.ts'
import type { Recorder } from './recorder.ts'
import { attemptOverRest, shorten } from './rest-operations.ts'
import { createRest } from './rest.ts'
import { RoomReading } from './room-reading.ts'
import type { SignIn } from './sign-in.ts'
import { untilTrue } from './until-true.ts'

export interface SdkClientOptions {
  readonly url: string
  readonly device: Device & { readonly via: 'sdk' | 'sdk-http' }
  readonly signIn: SignIn
  readonly recorder: Recorder
  /** All rooms that its user may come into. */
  readonly roomIds: readonly string[]
  /** This version's, unless another is given. */
  readonly sdk?: Sdk
}

export interface SdkClient extends LoadClient {
  readonly chat: Chat
  readonly guarantees: () => Guarantees
}

/** The official client, which repeats by itself what was not answered. */
export function createSdkClient(options: SdkClientOptions): SdkClient {
  const { url, device, signIn, recorder, roomIds, sdk = OWN_SDK } = options
  const rest = createRest(url, signIn.getToken)
  const repeat: LoadClient['repeat'] = async (attempt) => ({
    outcome: await attemptOverRest(rest, attempt),
    via: 'http',
  })
  const chat = sdk.createChat({
    url,
    getToken: signIn.getToken,
    // Devices of one person do not share what they keep.
    userId: device.name,
    tabs: 'own',
    transports: device.via === 'sdk' ? ['websocket', 'polling'] : ['http'],
    autoConnect: false,
  })
  // Where its log begins it does not tell: with what it hands on first.
  const headOf = (roomId: string): number | null => {
    const info = chat.rooms.get(roomId).info.current
    return info?.me === undefined ? null : info.head
  }
  const reading = new RoomReading(recorder, device, headOf)
  let losses = 0
  const countLosses = chat.connection.state.subscribe(() => {
    if (chat.connection.state.current.status !== 'live') losses += 1
  })
  const ends = [countLosses, ...follow(chat, reading, roomIds)]
  const isLive = (): boolean =>
    chat.connection.state.current.status === 'live' && chat.rooms.list.current.status === 'ready'
  return {
    device,
    reading,
    chat,
    isInLanes: false,
    guarantees: () => chat.guarantees.current,
    start: () => chat.connection.connect(),
    live: (signal) => untilTrue(isLive, signal),
    isLive,
    async attempt(attempt) {
      const before = losses
      const asked = ask(chat, attempt)
      if (asked === null) return repeat(attempt)
      try {
        return { outcome: done(await asked) }
      } catch (error) {
        const outcome = toOutcome(error, sdk)
        // It was asked for over the link that was lost, too: that attempt may yet be carried out.
        const isDoubtful = outcome.type === 'fail' && losses !== before
        return { outcome: isDoubtful ? unanswered(outcome.error) : outcome }
      }
    },
    repeat,
    async close() {
      for (const end of ends) end()
      await chat.close(0)
    },
  }
}

function follow(chat: Chat, reading: RoomReading, roomIds: readonly string[]): (() => void)[] {
  const { connection, rooms } = chat
  let wasLive = false
  const followState = connection.state.subscribe(() => {
    const { status, gateway, error } = connection.state.current
    const isLive = status === 'live'
    if (isLive && !wasLive) reading.connected(gateway ?? 'http')
    if (!isLive && wasLive) reading.disconnected(status)
    if (status === 'ended') reading.sessionEnd(error?.code ?? 'ended')
    wasLive = isLive
  })
  const followRemovals = connection.onFact('room:removed', ({ roomId }) => reading.remove(roomId))
  const followRooms = roomIds.flatMap((roomId) => {
    const room = rooms.get(roomId)
    return [
      room.onEvent(
        (event) => reading.take(roomId, [event], 'live'),
        (head) => reading.resetTo(roomId, head, 'reset'),
      ),
      room.info.subscribe(() => {
        if (room.info.current?.me !== undefined) return
        reading.remove(roomId)
        // The room is read by and by, so that one may be back already when it shows that one was out.
        reading.mayReturn(roomId)
      }),
    ]
  })
  return [followState, followRemovals, ...followRooms]
}

/** `null` for what there is no method for. */
function ask(chat: Chat, attempt: Attempt): Promise<unknown> | null {
  const { op, roomId, ref = 0, value } = attempt
  const mode = attempt.mode === 'set' ? { mode: attempt.mode } : {}
  const text = String(value)
  const room = chat.rooms.get(roomId)
  switch (op) {
    case 'send':
      return send(chat, attempt)
    case 'edit':
      return room.messages.edit(ref, text)
    case 'delete':
      return room.messages.delete(ref)
    case 'react':
      return chat.connection.request('reaction:set', {
        roomId,
        seq: ref,
        key: text,
        on: attempt.mode !== 'off',
      })
    case 'read':
      return chat.connection.request('read:set', { roomId, upTo: Number(value), ...mode })
    case 'typing':
      room.typing.keystroke()
      return Promise.resolve()
    case 'presence':
      return chat.presence.set({ text })
    case 'history':
      return readHistory(chat, attempt)
    case 'join':
      return chat.rooms.join(roomId).then(() => ({}))
    case 'leave':
      return room.leave()
    case 'remove':
      return room.members.kick(text)
    case 'ban':
      return room.members.ban(text, { forS: 1 })
    case 'unread':
    case 'search':
      return null
  }
}

async function send(chat: Chat, { roomId, key, value, mentions }: Attempt): Promise<unknown> {
  const { messages } = chat.rooms.get(roomId)
  const { stored } = messages.send({
    text: String(value),
    clientMsgId: key,
    ...(mentions !== undefined && { mentions: [...mentions] }),
  })
  try {
    return await stored
  } catch (error) {
    // What was refused would stay in the outbox, for somebody to look at.
    messages.cancel(key)
    throw error
  }
}

async function readHistory(chat: Chat, { roomId, ref }: Attempt): Promise<unknown> {
  const query = { limit: 50, ...(ref !== undefined && { around: ref }) }
  const answer = await chat.call('GET /v1/rooms/:id/messages', { params: { id: roomId }, query })
  return shorten('history', answer)
}

function toOutcome(error: unknown, { ChatError }: Sdk): Outcome {
  if (!(error instanceof ChatError)) return unanswered()
  const { code, isRetryable: retryable, retryAfterMs } = error
  return refused({ code, retryable, retryAfterMs })
}
