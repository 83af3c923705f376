import { expect, test } from 'vitest'
import type { Connection } from '../connection/connection.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { settled } from '../testing/test-clock.ts'
import { createInvites } from './create-invites.ts'

function setUp() {
  let invited: () => void = () => undefined
  const reads: ((ids: readonly string[]) => void)[] = []
  const connection = {
    onFact: (_: string, listener: () => void) => {
      invited = listener
      return () => undefined
    },
    onSession: () => () => undefined,
  } as unknown as Connection
  const call = (() =>
    new Promise((resolve) => {
      reads.push((ids) => resolve({ data: ids.map((id) => ({ id })) }))
    })) as unknown as CallRoute
  const invites = createInvites(connection, call)
  const shown = () => invites.store.current.map(({ id }) => id)
  const answer = async (...ids: string[]): Promise<void> => {
    reads.shift()?.(ids)
    await settled()
  }
  return { invites, shown, reads, answer, invited: () => invited() }
}

test('one that is told of while another one is answered is shown, and the answered one is not', async () => {
  const { invites, shown, reads, answer, invited } = setUp()
  invited()
  await answer('a')
  invited()
  invites.forget('a')
  expect(shown()).toEqual([])
  await answer('a', 'b')
  expect(shown()).toEqual([])
  await answer('b')
  expect(shown()).toEqual(['b'])
  expect(reads).toEqual([])
})

test('an answer alone reads nothing', async () => {
  const { invites, shown, reads, answer, invited } = setUp()
  invited()
  await answer('a', 'b')
  invites.forget('a')
  expect([shown(), reads.length]).toEqual([['b'], 0])
})
