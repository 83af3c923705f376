import { expect, test } from 'vitest'
import { Session } from '../sessions/session.ts'
import { createCommandHandlers, type CommandPorts } from './command-handlers.ts'

const session = new Session(
  {
    id: 's1',
    join: () => undefined,
    leave: () => undefined,
    emit: () => undefined,
    unsentBytes: () => 0,
    close: () => undefined,
  },
  { userId: 'ada', expiresAtMs: Infinity },
)

test('a status that the API has not confirmed may have been chosen: it is not called undone', async () => {
  const ports = { chooseStatus: () => Promise.reject(new Error('no answer')) }
  const handlers = createCommandHandlers(ports as Partial<CommandPorts> as CommandPorts)
  await expect(handlers['presence:set'](session, { text: 'away' })).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
  })
})
