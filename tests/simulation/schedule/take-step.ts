import { isMember } from '../checks/log-truth.ts'
import { NOBODY } from '../clock/virtual-clock.ts'
import { SimDevice } from '../device/sim-device.ts'
import type { SimListener } from '../device/sim-listener.ts'
import { goodConditions } from '../network/conditions.ts'
import type { Step } from './plan.ts'
import type { World } from './world.ts'

const of = <Item>(items: readonly Item[], n: number): Item => items[n % items.length]!

/** What is refused or not answered is seen by the checks. */
const quietly = (promise: Promise<unknown>): void => void promise.catch(() => undefined)

/** Mostly one that the person is in; others are tried too. */
function roomFor({ rooms, database }: World, userId: string, n: number): string {
  const mine = rooms.filter((roomId) => isMember(database, roomId, userId))
  return of(mine.length > 0 && n % 8 > 0 ? mine : rooms, n >> 3)
}

type Taken<Name extends Step['do']> = Extract<Step, { readonly do: Name }>

export function takeStep(world: World, step: Step): void {
  world.trace.note('step', JSON.stringify(step))
  switch (step.do) {
    case 'send': {
      const text = `${world.clock.sinceStartMs.toFixed(1)}${'.'.repeat(step.length)}`
      const device = of(world.devices, step.device)
      return device.send(roomFor(world, device.userId, step.room), text)
    }
    case 'edit':
    case 'delete':
    case 'react':
      return changeMessage(world, step)
    case 'read':
      return of(world.devices, step.device).act((chat) => {
        chat.rooms.get(of(world.rooms, step.room)).reading.markRead()
      })
    case 'unread':
      return of(world.devices, step.device).act(({ rooms }) => {
        const { info, reading } = rooms.get(of(world.rooms, step.room))
        const seq = 1 + Math.floor(step.which * (info.current?.head ?? 0))
        quietly(reading.markUnread(seq))
      })
    case 'join':
    case 'leave':
      return of(world.devices, step.device).act(({ rooms }) => {
        const roomId = of(world.rooms, step.room)
        quietly(step.do === 'join' ? rooms.join(roomId) : rooms.get(roomId).leave())
      })
    case 'add':
    case 'remove':
      return changeMembers(world, step)
    case 'return':
      return comeBack(world, step)
    case 'pin':
    case 'reply':
    case 'post':
    case 'moderate':
    case 'role':
    case 'settings':
      return takeRareStep(world, step)
    case 'reload':
    case 'cut':
    case 'offline':
    case 'stall':
    case 'kill-gateway':
    case 'drain-gateway':
    case 'kill-api':
    case 'redis-away':
    case 'bad-news':
    case 'bad-api':
    case 'bad-database':
    case 'slow':
      return breakSomething(world, step)
  }
}

function changeMessage(world: World, step: Taken<'edit' | 'delete' | 'react'>): void {
  const device = of(world.devices, step.device)
  const roomId = roomFor(world, device.userId, step.room)
  const messages = [...(world.database.rooms.get(roomId)?.messages ?? [])]
  const mine = messages.filter(([, one]) => step.do === 'react' || one.authorId === device.userId)
  // Few of them, so that people change their minds about the same ones.
  const among = step.do === 'react' ? mine.slice(0, 3) : mine
  const seq = among[Math.floor(step.which * among.length)]?.[0]
  if (seq === undefined) return
  device.act((chat) => {
    const room = chat.rooms.get(roomId).messages
    if (step.do === 'edit') quietly(room.edit(seq, `edited ${world.clock.sinceStartMs.toFixed(1)}`))
    else if (step.do === 'delete') quietly(room.delete(seq))
    else quietly(room.react(seq, '👍', (step.which * 100) % 2 > 1))
  })
}

type Rare = Taken<'pin' | 'reply' | 'post' | 'moderate' | 'role' | 'settings'>

function takeRareStep(world: World, step: Rare): void {
  const roomId = of(world.rooms, step.room)
  if ('which' in step) return onMessage(world, step)
  if (step.do === 'post') return world.post(of(world.users, step.user), roomId)
  of(world.devices, step.device).act(({ rooms }) => {
    const room = rooms.get(roomId)
    if (step.do === 'settings') {
      quietly(step.change === 'delete' ? room.delete() : room.update(step.change))
      return
    }
    const { members } = room
    const userId = of(world.users, step.user)
    if (step.do === 'role') return quietly(members.setRole(userId, step.role))
    const { action, forS } = step
    const ending = forS === undefined ? {} : { forS }
    if (action === 'mute' || action === 'ban') quietly(members[action](userId, ending))
    else quietly(members[action](userId))
  })
}

function onMessage(world: World, step: Taken<'pin' | 'reply'>): void {
  const device = of(world.devices, step.device)
  const roomId = roomFor(world, device.userId, step.room)
  const messages = [...(world.database.rooms.get(roomId)?.messages ?? [])]
  const roots = messages.filter(([, { body }]) => body.threadId === undefined).slice(0, 3)
  const seq = roots[Math.floor(step.which * roots.length)]?.[0]
  if (seq === undefined) return
  if (step.do === 'reply') {
    device.openThread(roomId, seq)
    return device.send(roomId, world.clock.sinceStartMs.toFixed(1), seq)
  }
  device.act(({ rooms }) => {
    quietly(rooms.get(roomId).messages.pin(seq, (step.which * 100) % 2 > 0.7))
  })
}

/** By the founder, on their first device. */
function changeMembers(world: World, step: Taken<'add' | 'remove'>): void {
  const userId = of(world.users, step.user)
  world.devices[0]?.act((chat) => {
    const { members } = chat.rooms.get(of(world.rooms, step.room))
    quietly(step.do === 'add' ? members.add(userId) : members.remove(userId))
  })
}

function comeBack(world: World, { user, room, forMs }: Taken<'return'>): void {
  const at = { atMs: 0, user, room }
  changeMembers(world, { ...at, do: 'remove' })
  const pages = world.pages.filter(({ userId }) => userId === of(world.users, user))
  world.clock.after(NOBODY, forMs * world.random(), () => {
    if (!world.isHealed) for (const page of pages) cut(world, page)
  })
  world.clock.after(NOBODY, forMs, () => changeMembers(world, { ...at, do: 'add' }))
}

type Fault = Exclude<
  Step,
  {
    readonly do:
      | 'send'
      | 'edit'
      | 'delete'
      | 'react'
      | 'read'
      | 'unread'
      | 'join'
      | 'leave'
      | 'add'
      | 'remove'
      | 'return'
      | Rare['do']
  }
>

function breakSomething(world: World, step: Fault): void {
  const later = (run: () => void): void => void world.clock.after(NOBODY, step.forMs, run)
  switch (step.do) {
    case 'reload': {
      const page = of(world.pages, step.device)
      page.kill()
      return later(() => page.load())
    }
    case 'cut':
      return cut(world, of(world.pages, step.device))
    case 'offline': {
      const page = of(world.pages, step.device)
      page.isOffline = true
      cut(world, page)
      return later(() => (page.isOffline = false))
    }
    case 'stall':
      for (const wire of of(world.pages, step.device).living) {
        if (step.ways !== 'down') wire.up.isStalled = true
        if (step.ways !== 'up') wire.down.isStalled = true
        later(() => {
          wire.up.release()
          wire.down.release()
        })
      }
      return
    case 'kill-gateway': {
      const gateway = of(world.gateways, step.gateway)
      gateway.kill()
      return later(() => gateway.start())
    }
    case 'drain-gateway': {
      const gateway = of(world.gateways, step.gateway)
      return gateway.drain(() => later(() => gateway.start()))
    }
    case 'kill-api': {
      const api = of(world.apis, step.api)
      if (api.process.isDead) return
      api.kill()
      return later(() => api.start())
    }
    case 'redis-away':
      world.redis.goAway()
      return later(() => world.redis.comeBack())
    case 'bad-news':
    case 'bad-api':
    case 'bad-database':
    case 'slow':
      worsen(world, step)
      later(() => restore(world))
  }
}

/** What is on its way is lost; one end or both may not hear of it for long. */
function cut({ random }: World, page: SimDevice | SimListener): void {
  if (page instanceof SimDevice) page.cutRequests()
  for (const wire of page.living) {
    const soonOrLate = (): number => (random() < 0.7 ? random() * 30 : 10_000 + random() * 20_000)
    wire.cut(soonOrLate(), soonOrLate())
  }
}

function worsen(
  { conditions }: World,
  step: Taken<'bad-news' | 'bad-api' | 'bad-database' | 'slow'>,
): void {
  const { how } = step
  if (step.do === 'bad-news') {
    conditions.news = { lost: how < 0.2 ? 1 : how, doubled: how, delayMs: 5 + how ** 3 * 3_000 }
  } else if (step.do === 'bad-api') {
    const chance = 0.05 + how * 0.4
    conditions.api = { requestLost: chance / 2, answerLost: chance, late: chance / 3 }
  } else if (step.do === 'bad-database') {
    const chance = 0.1 + how * 0.4
    const unknown = { unknownDone: chance / 2, unknownUndone: chance / 2 }
    conditions.database = { busy: chance, deadlock: chance, ...unknown }
  } else {
    conditions.linkMs = 20 + how * 1_500
    conditions.innerMs = 3 + how ** 2 * 400
  }
}

export function restore({ conditions }: World): void {
  const { isRedisAway, ...good } = goodConditions()
  Object.assign(conditions, good)
}
