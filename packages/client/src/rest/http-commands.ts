import type { CommandData, CommandName, CommandPayload } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { CallRoute } from './call-route.ts'

/** Commands that need nothing but one route each. */
export type PlainCommand = Exclude<CommandName, 'sync' | 'auth:refresh' | 'presence:subscribe'>

export type RunHttpCommand = <Name extends PlainCommand>(
  name: Name,
  payload: CommandPayload<Name>,
  signal: AbortSignal,
) => Promise<CommandData<Name>>

type Commands = {
  readonly [Name in PlainCommand]: (
    payload: CommandPayload<Name>,
    signal: AbortSignal,
  ) => Promise<CommandData<Name>>
}

const createCommands = (call: CallRoute): Commands => ({
  'message:send': ({ roomId, ...body }, signal) =>
    call('POST /v1/rooms/:id/messages', { params: { id: roomId }, body, signal }),
  'message:edit': ({ roomId, seq, ...body }, signal) =>
    call('PATCH /v1/rooms/:id/messages/:seq', { params: { id: roomId, seq }, body, signal }),
  'message:delete': ({ roomId, seq, clientMsgId }, signal) =>
    call('DELETE /v1/rooms/:id/messages/:seq', {
      params: { id: roomId, seq },
      idempotencyKey: clientMsgId,
      signal,
    }),
  'reaction:set': ({ roomId, seq, key, on }, signal) =>
    call(`${on ? 'PUT' : 'DELETE'} /v1/rooms/:id/messages/:seq/reactions/:key`, {
      params: { id: roomId, seq, key },
      signal,
    }),
  'pin:set': ({ roomId, seq, on }, signal) =>
    call(`${on ? 'PUT' : 'DELETE'} /v1/rooms/:id/messages/:seq/pin`, {
      params: { id: roomId, seq },
      signal,
    }),
  'read:set': ({ roomId, ...body }, signal) =>
    call('PUT /v1/rooms/:id/read', { params: { id: roomId }, body, signal }),
  // There is no route for it: it is nothing that one waits for.
  'typing:set': async () => ({}),
  async 'presence:set'({ idle: _idle, ...body }, signal) {
    if (body.status !== undefined || body.text !== undefined) {
      await call('PUT /v1/me/presence', { body, signal })
    }
    return {}
  },
})

/** What names no place in the log is no answer of ours: whether it was done nobody knows. */
function withPlace<Data>(data: Data): Data {
  if (typeof (data as { readonly seq?: unknown } | undefined)?.seq === 'number') return data
  throw unknownOutcome()
}

const overtaken = (): ChatError =>
  new ChatError({
    code: 'SERVER_BUSY',
    message: 'It was not tried, as what was said before it has no answer yet.',
    retryable: true,
  })

/**
 * Commands by REST. Requests of their own could overtake each other: what is said in a room waits for
 * what was said there before, and is not tried if that may be tried again.
 */
export function createHttpCommands(call: CallRoute): RunHttpCommand {
  const commands = createCommands(call)
  const lasts = new Map<string, Promise<boolean>>()

  function inOrder<Data>(roomId: string, run: () => Promise<Data>): Promise<Data> {
    const before = lasts.get(roomId) ?? Promise.resolve(true)
    const result = before.then((isSettled) => {
      if (!isSettled) throw overtaken()
      return run()
    })
    const settled = result.then(
      () => true,
      (error: unknown) => error instanceof ChatError && !error.isRetryable,
    )
    lasts.set(roomId, settled)
    void settled.then(() => lasts.get(roomId) === settled && lasts.delete(roomId))
    return result
  }

  return (name, payload, signal) => {
    const run = () => commands[name](payload, signal)
    return 'roomId' in payload && name.startsWith('message:')
      ? inOrder(payload.roomId, () => run().then(withPlace))
      : run()
  }
}
