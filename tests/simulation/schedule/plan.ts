import type { ModerationAction, RoomChange } from '@parley/message-schema'

/** One thing that somebody does or that goes wrong. Numbers pick what it is about when it happens. */
export type Step = { readonly atMs: number } & (
  | { readonly do: 'send'; readonly device: number; readonly room: number; readonly length: number }
  | {
      readonly do: 'edit' | 'delete' | 'react'
      readonly device: number
      readonly room: number
      readonly which: number
    }
  | {
      readonly do: 'unread'
      readonly device: number
      readonly room: number
      readonly which: number
    }
  | { readonly do: 'read'; readonly device: number; readonly room: number }
  | { readonly do: 'join' | 'leave'; readonly device: number; readonly room: number }
  | { readonly do: 'add' | 'remove'; readonly user: number; readonly room: number }
  | {
      readonly do: 'pin' | 'reply'
      readonly device: number
      readonly room: number
      readonly which: number
    }
  /** Over REST, by a program that asks again until it is told. */
  | { readonly do: 'post'; readonly user: number; readonly room: number }
  | {
      readonly do: 'moderate'
      readonly device: number
      readonly room: number
      readonly user: number
      readonly action: ModerationAction
      /** Of a mute or a ban, in seconds; `undefined`: for ever. */
      readonly forS: number | undefined
    }
  | {
      readonly do: 'role'
      readonly device: number
      readonly room: number
      readonly user: number
      readonly role: string
    }
  | {
      readonly do: 'settings'
      readonly device: number
      readonly room: number
      readonly change: RoomChange | 'delete'
    }
  /** Out of the room, off the network for a moment, and in the room again. */
  | {
      readonly do: 'return'
      readonly user: number
      readonly room: number
      readonly forMs: number
    }
  | { readonly do: 'reload' | 'cut' | 'offline'; readonly device: number; readonly forMs: number }
  | {
      readonly do: 'stall'
      readonly device: number
      readonly forMs: number
      readonly ways: 'up' | 'down' | 'both'
    }
  | {
      readonly do: 'kill-gateway' | 'drain-gateway'
      readonly gateway: number
      readonly forMs: number
    }
  | { readonly do: 'kill-api'; readonly api: number; readonly forMs: number }
  | { readonly do: 'redis-away'; readonly forMs: number }
  | {
      readonly do: 'bad-news' | 'bad-api' | 'bad-database' | 'slow'
      readonly forMs: number
      readonly how: number
    }
)

export interface Plan {
  readonly gateways: number
  readonly users: number
  /** Of each user. */
  readonly devices: readonly number[]
  /** Users who have a bare client too. */
  readonly listeners: number
  readonly rooms: readonly { readonly history: 'all' | 'since-join'; readonly members: number }[]
  readonly steps: readonly Step[]
  /** So long things are done and go wrong. */
  readonly forMs: number
  /** Pages show members and threads too. */
  readonly isWide: boolean
  /** The devices of a user are tabs of one browser. */
  readonly hasTabs: boolean
  /** Of the devices in turn; none: WebSocket. */
  readonly transports: readonly (readonly Transport[])[]
}
type Transport = 'websocket' | 'http'

type Random = () => number

const below = (random: Random, bound: number): number => Math.floor(random() * bound)
const between = (random: Random, from: number, to: number): number =>
  from + below(random, to - from + 1)

type Common = 'send' | 'edit' | 'delete' | 'react' | 'read' | 'unread' | 'join' | 'leave' | 'add'
type Rare = 'pin' | 'reply' | 'post' | 'moderate' | 'role' | 'settings'
type Deed = Common | 'remove' | 'return' | 'reload' | Rare
type Deeds = Readonly<Record<Deed, number>>

const NONE = { pin: 0, reply: 0, post: 0, moderate: 0, role: 0, settings: 0 } as const
/** How often each is done, of all that is done. */
const TALK: Deeds = {
  send: 52,
  edit: 8,
  delete: 5,
  react: 7,
  read: 6,
  unread: 3,
  join: 7,
  leave: 5,
  add: 4,
  remove: 6,
  return: 0,
  reload: 4,
  ...NONE,
}
/** Of states that are set and set back: what comes late must not undo what came after it. */
const MARKS: Deeds = {
  send: 12,
  edit: 0,
  delete: 1,
  react: 40,
  read: 20,
  unread: 20,
  join: 1,
  leave: 1,
  add: 1,
  remove: 1,
  return: 0,
  reload: 3,
  ...NONE,
}
/** Of people who come and go while much is said. */
const CROWD: Deeds = {
  ...TALK,
  send: 40,
  join: 14,
  leave: 10,
  add: 8,
  remove: 6,
  return: 24,
  reload: 6,
}
/** Of rooms with threads and pins, and with somebody who keeps order. */
const ORDER: Deeds = {
  ...TALK,
  send: 24,
  add: 8,
  pin: 12,
  reply: 16,
  post: 8,
  moderate: 16,
  role: 8,
  settings: 8,
}
/** Of people with several tabs, some of which are closed and opened again. */
const TABS: Deeds = { ...TALK, reload: 16, pin: 3, reply: 8 }
const DEEDS = {
  talk: TALK,
  marks: MARKS,
  crowd: CROWD,
  order: ORDER,
  plain: ORDER,
  tabs: TABS,
} as const
/** Where not all have sockets. */
const PLAIN: Plan['transports'] = [['http'], ['websocket', 'http'], ['http'], ['websocket']]
const ACTIONS = ['mute', 'unmute', 'ban', 'unban', 'kick'] as const
const GIVEN_ROLES = ['moderator', 'moderator', 'admin', 'member', 'guest', 'owner'] as const
const CHANGES: readonly RoomChange[] = [
  { frozen: true },
  { frozen: false },
  { frozen: false },
  { name: 'one name' },
  { name: 'another' },
  { topic: 'a topic' },
  { slowModeS: 1 },
  { slowModeS: 0 },
  { archived: true },
  { archived: false },
  { archived: false },
  { roleOverrides: { member: { deny: ['message:react'] } } },
  { roleOverrides: null },
]
type Faults = Readonly<Record<Fault, number>>
const FAULTS = {
  cut: 18,
  stall: 14,
  offline: 6,
  'kill-gateway': 9,
  'drain-gateway': 9,
  'kill-api': 8,
  'redis-away': 8,
  'bad-news': 16,
  'bad-api': 14,
  'bad-database': 8,
  slow: 8,
} as const
type Fault = keyof typeof FAULTS
/** What takes long is what people come back in the middle of. */
const SLOW_FAULTS: Faults = { ...FAULTS, 'bad-api': 30, slow: 40 }

function choose<Name extends string>(
  random: Random,
  weights: Readonly<Record<Name, number>>,
): Name {
  const entries = Object.entries<number>(weights) as [Name, number][]
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of entries) {
    left -= weight
    if (left < 0) return name
  }
  return entries[0]![0]
}

const one = <Item>(random: Random, items: readonly Item[]): Item =>
  items[below(random, items.length)]!

function newRareStep(random: Random, name: Rare, atMs: number): Step {
  const [room, user, which] = [below(random, 64), below(random, 64), random()]
  // Mostly the founder, on their first device.
  const device = random() < 0.7 ? 0 : below(random, 64)
  switch (name) {
    case 'pin':
      return { atMs, do: name, device, room, which }
    case 'reply':
      return { atMs, do: name, device: user, room, which }
    case 'post':
      return { atMs, do: name, user, room }
    case 'moderate': {
      const action = one(random, ACTIONS)
      return { atMs, do: name, device, room, user, action, forS: one(random, [undefined, 1, 4]) }
    }
    case 'role':
      return { atMs, do: name, device, room, user, role: one(random, GIVEN_ROLES) }
    case 'settings': {
      const change = which < 0.05 ? 'delete' : one(random, CHANGES)
      return { atMs, do: name, device, room, change }
    }
  }
}

function newStep(random: Random, name: Deed | Fault, atMs: number): Step {
  // Taken modulo what there is; each step draws as much chance as any other.
  const [one, room, which] = [below(random, 64), below(random, 64), random()]
  const forMs = Math.round(200 + random() ** 2 * 12_000)
  switch (name) {
    case 'send':
      return { atMs, do: name, device: one, room, length: which < 0.1 ? 2_000 : 0 }
    case 'edit':
    case 'delete':
    case 'react':
    case 'unread':
      return { atMs, do: name, device: one, room, which }
    case 'read':
    case 'join':
    case 'leave':
      return { atMs, do: name, device: one, room }
    case 'add':
    case 'remove':
      return { atMs, do: name, user: one, room }
    case 'return':
      return { atMs, do: name, user: one, room, forMs: Math.round(which ** 2 * 4_000) }
    case 'reload':
    case 'cut':
    case 'offline':
      return { atMs, do: name, device: one, forMs }
    case 'stall':
      return {
        atMs,
        do: name,
        device: one,
        forMs: forMs * 2,
        ways: (['up', 'down', 'both'] as const)[below(random, 3)]!,
      }
    case 'kill-gateway':
    case 'drain-gateway':
      return { atMs, do: name, gateway: one, forMs }
    case 'kill-api':
      return { atMs, do: name, api: one, forMs }
    case 'redis-away':
      return { atMs, do: name, forMs }
    case 'bad-news':
    case 'bad-api':
    case 'bad-database':
    case 'slow':
      return { atMs, do: name, forMs, how: which }
    case 'pin':
    case 'reply':
    case 'post':
    case 'moderate':
    case 'role':
    case 'settings':
      return newRareStep(random, name, atMs)
  }
}

/** `crowd` has bare clients beside those with the SDK. */
export type Mix = keyof typeof DEEDS

function deviceCount(random: Random, mix: Mix): number {
  const dice = random()
  if (mix === 'tabs') return dice < 0.2 ? 1 : dice < 0.7 ? 2 : 3
  return dice < 0.35 ? 2 : 1
}

/** What the seed says: who there is, what they do, and what goes wrong. */
export function planOf(random: Random, mix: Mix = 'talk'): Plan {
  const mixed = DEEDS[mix]
  const faulty: Faults = mix === 'crowd' ? SLOW_FAULTS : FAULTS
  const users = between(random, 2, 4)
  const forMs = between(random, 6_000, 16_000)
  const deeds = between(random, 20, 60)
  const faults = between(random, 2, 12)
  // Much at once, then nothing for a while: that is where things meet.
  const bursts = Array.from({ length: between(random, 2, 6) }, () => random() * forMs)
  const when = (): number => {
    if (random() < 0.3) return Math.round(random() * forMs)
    return Math.round(bursts[below(random, bursts.length)]! + random() ** 3 * 1_500)
  }
  return {
    gateways: between(random, 2, 3),
    users,
    devices: Array.from({ length: users }, () => deviceCount(random, mix)),
    listeners: mix === 'crowd' ? users : 0,
    rooms: Array.from({ length: between(random, 1, 3) }, () => ({
      history: random() < 0.3 ? ('since-join' as const) : ('all' as const),
      members: between(random, 1, users),
    })),
    forMs,
    isWide: mixed === ORDER,
    hasTabs: mix === 'tabs',
    transports: mix === 'plain' ? PLAIN : [],
    steps: [
      ...Array.from({ length: deeds }, () => newStep(random, choose(random, mixed), when())),
      ...Array.from({ length: faults }, () => newStep(random, choose(random, faulty), when())),
    ].toSorted((one, other) => one.atMs - other.atMs),
  }
}
