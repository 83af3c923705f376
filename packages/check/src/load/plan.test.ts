import { expect, test } from 'vitest'
import { HOT_ROOM, createPlan } from './plan.ts'
import { plannedOps, type PlannedOp } from './planned-op.ts'

const sizes = { seed: 42, clients: 20, rooms: 6 }

function first(count: number, seed = 42): PlannedOp[] {
  const plan = createPlan({ ...sizes, seed })
  return plan.devices.flatMap((device) => {
    const ops = plannedOps(plan, device)
    return Array.from({ length: count }, () => ops.next().value)
  })
}

test('the same seed plans the same people, rooms and operations, another one others', () => {
  expect(createPlan(sizes)).toEqual(createPlan(sizes))
  expect(first(200)).toEqual(first(200))
  expect(createPlan({ ...sizes, seed: 43 })).not.toEqual(createPlan(sizes))
  expect(first(200, 43)).not.toEqual(first(200))
})

test('what one device does has nothing to do with how many others there are', () => {
  const small = createPlan({ seed: 1, clients: 20, rooms: 3 })
  const [device] = small.devices
  const take = () => {
    const ops = plannedOps(small, device!)
    return Array.from({ length: 50 }, () => ops.next().value)
  }
  const others = plannedOps(small, small.devices[1]!)
  others.next()
  expect(take()).toEqual(take())
})

test('everybody is in the hot room, owners in theirs, and every kind of client is there', () => {
  const { rooms, devices, users } = createPlan(sizes)
  expect(rooms[HOT_ROOM]?.members.toSorted((a, b) => a - b)).toEqual([...Array(users).keys()])
  for (const { owner, members } of rooms) {
    expect(members[0]).toBe(owner)
    expect(new Set(members).size).toBe(members.length)
  }
  expect(rooms.some(({ history }) => history === 'since-join')).toBe(true)
  const kinds = new Set(devices.map(({ via }) => via))
  expect([...kinds].toSorted()).toEqual(['http', 'polling', 'sdk', 'sdk-http', 'websocket'])
  expect(new Set(devices.map(({ name }) => name)).size).toBe(devices.length)
  const perUser = new Map(devices.map(({ user }) => [user, devices.filter((d) => d.user === user)]))
  expect([...perUser.values()].some((own) => own.length > 1)).toBe(true)
})

test('sends are most of it, everything is in it, and owners neither leave nor are the moderated', () => {
  const plan = createPlan(sizes)
  const count = new Map<string, number>()
  let twice = 0
  for (const device of plan.devices) {
    const ops = plannedOps(plan, device)
    for (let n = 0; n < 2_000; n += 1) {
      const { op, room, isAskedTwice } = ops.next().value
      if (op === 'send' && isAskedTwice) twice += 1
      count.set(op, (count.get(op) ?? 0) + 1)
      const isOwner = plan.rooms[room]?.owner === device.user
      if (op === 'leave') expect(isOwner).toBe(false)
      if (op === 'remove' || op === 'ban') expect(isOwner).toBe(true)
    }
  }
  expect(count.get('send')).toBeGreaterThan(2_000 * plan.devices.length * 0.55)
  expect(twice).toBeGreaterThan(2_000 * plan.devices.length * 0.03)
  expect([...count.keys()].toSorted()).toEqual(
    'ban delete edit history join leave presence react read remove search send typing unread'.split(
      ' ',
    ),
  )
})

test('rooms have as many members on average as is asked for, but for the one of everybody', () => {
  const { rooms, users } = createPlan({ seed: 5, clients: 80, rooms: 60, members: 5 })
  const [hot, ...others] = rooms
  expect(hot?.members).toHaveLength(users)
  const mean = others.reduce((sum, { members }) => sum + members.length, 0) / others.length
  expect(mean).toBeGreaterThan(4)
  expect(mean).toBeLessThan(6)
})
