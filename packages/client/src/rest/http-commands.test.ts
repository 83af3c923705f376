import { expect, test } from 'vitest'
import type { CallRoute } from './call-route.ts'
import { createHttpCommands } from './http-commands.ts'

const SEND = { roomId: 'room', clientMsgId: 'id', text: 'hello' }
const EDIT = { ...SEND, seq: 3 }
const DELETE = { roomId: 'room', seq: 3, clientMsgId: 'id' }
const { signal } = new AbortController()

const runWith = (answer: unknown) => createHttpCommands((async () => answer) as CallRoute)

test.each([{}, undefined, { ok: true }, { seq: 'three' }])(
  'what is answered %j may or may not be in the log, and what waits behind it is not tried',
  async (answer) => {
    const run = runWith(answer)
    const unknown = { code: 'UNKNOWN_OUTCOME', isRetryable: true }
    const both = [run('message:send', SEND, signal), run('message:send', SEND, signal)]
    const [first, behind] = (await Promise.allSettled(both)) as PromiseRejectedResult[]
    expect(first?.reason).toMatchObject(unknown)
    expect(behind?.reason).toMatchObject({ code: 'SERVER_BUSY' })
    await expect(runWith(answer)('message:edit', EDIT, signal)).rejects.toMatchObject(unknown)
    await expect(runWith(answer)('message:delete', DELETE, signal)).rejects.toMatchObject(unknown)
  },
)

test('an answer that names a place is one', async () => {
  const run = runWith({ seq: 7 })
  expect(await run('message:send', SEND, signal)).toEqual({ seq: 7 })
  expect(await run('message:delete', DELETE, signal)).toEqual({ seq: 7 })
})
