import type { OwnPresence } from '@parley/message-schema'
import { createLogger } from '@parley/server-kit'
import { eventually } from '@parley/testkit'
import { expect, test } from 'vitest'
import { Session } from '../sessions/session.ts'
import { HereUsers } from './here-users.ts'
import { PresenceLease } from './presence-lease.ts'

const chosen: OwnPresence = {
  status: 'online',
  text: null,
  version: 0,
  typing: true,
  readReceipts: true,
}

function openSession(userId: string): Session {
  const socket = {
    id: userId,
    join: () => undefined,
    leave: () => undefined,
    emit: () => undefined,
    unsentBytes: () => 0,
    close: () => undefined,
  }
  return new Session(socket, { userId, expiresAtMs: Infinity })
}

/** A store that writes a whole when it is let, as a Redis that is slow. */
function startLease() {
  const stored = new Map<string, string | null>()
  const told: string[] = []
  const waiting: (() => void)[] = []
  const here: HereUsers = new HereUsers({
    graceMs: 0,
    changed: () => lease.changed(),
    seen: () => undefined,
  })
  const lease: PresenceLease = new PresenceLease({
    here,
    store: {
      beat: async () => true,
      write: async (changes) => {
        for (const [userId, entry] of changes) stored.set(userId, entry)
      },
      replace: async (entries) => {
        const taken = [...entries]
        await new Promise<void>((resolve) => void waiting.push(resolve))
        for (const [userId, entry] of taken) stored.set(userId, entry)
      },
      leave: async () => undefined,
    },
    tell: (changes) => void told.push(...changes.keys()),
    tellAll: () => undefined,
    logger: createLogger('test', 'silent'),
  })
  return { here, lease, stored, told, waiting }
}

test('who comes while everything is written anew is written after it, and told', async () => {
  const { here, lease, stored, told, waiting } = startLease()
  here.arrived(openSession('ada'), chosen)
  const beat = lease.beat()
  await eventually(() => expect(waiting).toHaveLength(1))
  here.arrived(openSession('bob'), chosen)
  waiting.shift()?.()
  await beat
  await eventually(() => expect([...stored.keys()]).toEqual(['ada', 'bob']))
  expect(told).toEqual(['ada', 'bob'])
})
