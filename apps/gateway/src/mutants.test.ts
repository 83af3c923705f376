import type { Event, UserRoom, UserState } from '@parley/message-schema'
import type { Mutant } from '@parley/server-kit'
import { expect, test } from 'vitest'
import { breakDeliver, breakMembership, breakRepair } from './mutants.ts'

const having = (...mutants: Mutant[]) => ({ mutants: new Set(mutants), isServing: () => true })
const events = [1, 2, 3].map((seq) => ({ seq }) as Event)

/** Positions that come out of a gateway that is broken like this. */
function delivered(packets: number, broken: Parameters<typeof breakDeliver>[1]): number[] {
  const seqs: number[] = []
  const deliver = breakDeliver((_, ...[handed]) => {
    seqs.push(...handed.map(({ seq }) => seq))
  }, broken)
  for (let n = 0; n < packets; n += 1) deliver('a room', events, 3)
  return seqs
}

test('without a mutant each part is the one that was given', () => {
  const deliver = (): void => undefined
  const repair = { fetchAfter: async () => ({ head: 0, memberVersion: 0, events: [] }) }
  const repairing = { ...repair, reconcile: async () => ({ rooms: {}, users: [], epoch: 1 }) }
  const membership = {
    memberLeft: () => undefined,
    fetchStates: async () => ({ users: {}, refused: [], epoch: 1 }),
  }
  expect(breakDeliver(deliver, having())).toBe(deliver)
  expect(breakRepair(having(), repairing)).toBe(repairing)
  expect(breakMembership(having(), membership)).toBe(membership)
})

test('coalescer-reorders hands a packet over backwards', () => {
  expect(delivered(1, having('coalescer-reorders'))).toEqual([3, 2, 1])
})

test('drain-drops loses packets while the gateway drains, and none before', () => {
  const serving = having('drain-drops')
  expect(delivered(4, serving)).toHaveLength(12)
  expect(delivered(4, { ...serving, isServing: () => false })).toHaveLength(6)
})

test('no-repair finds nothing in the log, and hears of no head', async () => {
  const { fetchAfter, reconcile } = breakRepair(having('no-repair'), {
    fetchAfter: async () => ({ head: 3, memberVersion: 1, events }),
    reconcile: async () => ({
      rooms: { room: { head: 3, memberVersion: 1 } },
      users: ['ada'],
      epoch: 1,
    }),
  })
  expect(await fetchAfter('room', 1)).toMatchObject({ head: 1, events: [] })
  expect(await reconcile({ rooms: {}, users: {} })).toEqual({
    rooms: {},
    users: ['ada'],
    epoch: 1,
  })
})

test('membership-check-off keeps whoever was in a room in it', async () => {
  const answers = [['room'], []].map((rooms) => rooms.map((roomId) => ({ roomId }) as UserRoom))
  const left: string[] = []
  const { memberLeft, fetchStates } = breakMembership(having('membership-check-off'), {
    memberLeft: (_, userId) => left.push(userId),
    fetchStates: async () => ({
      users: { ada: { rooms: answers.shift() ?? [] } as unknown as UserState },
      refused: [],
      epoch: 1,
    }),
  })
  memberLeft('room', 'ada', 2)
  expect(left).toEqual([])
  for (let n = 0; n < 2; n += 1) {
    const { users } = await fetchStates([{ id: 'ada' }])
    expect(users['ada']?.rooms).toEqual([{ roomId: 'room' }])
  }
})
