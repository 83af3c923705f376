import { checkEnd } from '../checks/check-end.ts'
import type { Violation } from '../checks/violation.ts'
import { installClock } from '../clock/install-clock.ts'
import { NOBODY } from '../clock/virtual-clock.ts'
import { HEADS_INTERVAL_MS } from '../gateway/sim-gateway.ts'
import { seededRandom } from '../product.ts'
import { planOf, type Mix, type Plan } from './plan.ts'
import { restore, takeStep } from './take-step.ts'
import { World, type Mutant } from './world.ts'

export interface Outcome {
  readonly seed: number
  readonly plan: Plan
  readonly digest: string
  readonly violations: readonly Violation[]
  readonly trace: readonly string[]
  /** What was done: a schedule in which nothing happens proves nothing. */
  readonly told: number
  readonly committed: number
  readonly events: number
}

export interface RunOptions {
  readonly mix?: Mix
  readonly plan?: Plan
  readonly mutant?: Mutant
  readonly isTraced?: boolean
}

const BEGIN_MS = 1_000
const HEAL_WITHIN_MS = 90_000
const LOOK_EVERY_MS = 250
const WINDOW_MS = 2 * HEADS_INTERVAL_MS + 1_000
/** Who polls looks each 15 s in which rooms they are. */
const PLAIN_WINDOW_MS = 40_000

/** Everything that the seed says, then peace, then the checks. */
export async function runSchedule(seed: number, options: RunOptions = {}): Promise<Outcome> {
  const plan = options.plan ?? planOf(seededRandom(`plan ${seed}`), options.mix)
  const random = seededRandom(`chance ${seed}`)
  const world = new World(plan, random, options.isTraced ?? false, options.mutant)
  const uninstall = installClock(world.clock, random)
  const closeBrowser = plan.hasTabs ? world.browser.install() : undefined
  try {
    await begin(world, plan)
    for (const step of plan.steps) {
      world.clock.after(NOBODY, step.atMs, () => takeStep(world, step))
    }
    await world.clock.run(Math.max(plan.forMs, plan.steps.at(-1)?.atMs ?? 0) + 1)
    await heal(world)
    await sayUnheard(world, plan)
    checkEnd(world)
    for (const page of world.pages) page.kill()
  } finally {
    closeBrowser?.()
    uninstall()
  }
  const { violations, trace, clock, database } = world
  const told = world.told
  let committed = 0
  for (const { room } of database.rooms.values()) committed += room.head
  const counts = { told, committed, events: clock.events }
  return { seed, plan, digest: trace.digest, violations, trace: trace.lines, ...counts }
}

/** Rooms are there before anybody connects. */
async function begin(world: World, plan: Plan): Promise<void> {
  const { clock, apis, users, rooms, gateways, pages, random } = world
  const [founder = ''] = users
  for (const [n, { history, members }] of plan.rooms.entries()) {
    clock.after(apis[0]!.process, 0, () => {
      void apis[0]!.roomLog.run({
        kind: 'room:create',
        roomId: rooms[n]!,
        actor: { id: founder, kind: 'user' },
        roomKind: 'room',
        name: `room ${n}`,
        visibility: 'public',
        topic: null,
        history,
        memberIds: users.slice(1, members),
      })
    })
  }
  await clock.run(100)
  for (const gateway of gateways) gateway.start()
  for (const page of pages) clock.after(NOBODY, random() * 400, () => page.load())
  await clock.run(random() * BEGIN_MS)
}

async function heal(world: World): Promise<void> {
  const { clock, gateways, apis, pages, redis, conditions } = world
  world.trace.note('heal', '')
  world.isHealed = true
  const mend = (): void => {
    restore(world)
    if (conditions.isRedisAway) redis.comeBack()
    for (const api of apis) if (api.process.isDead) api.start()
    for (const gateway of gateways) gateway.start()
    for (const page of pages) {
      page.isOffline = false
      page.load()
      for (const wire of page.living) {
        wire.up.release()
        wire.down.release()
      }
    }
  }
  for (let ms = 0; ms < HEAL_WITHIN_MS; ms += LOOK_EVERY_MS) {
    mend()
    await clock.run(LOOK_EVERY_MS)
    if (isQuiet(world)) return
  }
  world.report(
    'outbox',
    `not quiet ${HEAL_WITHIN_MS} ms after everything was well: ${whoIsNot(world)}`,
  )
}

const waits = (world: World): string[] => [
  ...world.devices
    .filter(
      ({ isLive, chat }) =>
        !isLive || chat?.outbox.entries.current.some(({ error }) => error === null),
    )
    .map(({ name, chat }) => `${name} ${chat?.connection.state.current.status}`),
  ...world.listeners.filter(({ isLive }) => !isLive).map(({ name }) => name),
  ...world.posts.filter(({ outcome }) => outcome === 'pending').map(({ text }) => text),
]

const isQuiet = (world: World): boolean =>
  world.inner.underWay === 0 &&
  world.gateways.every(({ state }) => state === 'serving') &&
  waits(world).length === 0

const whoIsNot = (world: World): string =>
  [...waits(world), ...world.gateways.map(({ name, state }) => `${name} ${state}`)].join(', ')

/** C5: something is said of which no news comes, and after it nothing more. */
async function sayUnheard(world: World, { transports }: Plan): Promise<void> {
  const { clock, apis, database, rooms, conditions, trace } = world
  conditions.news.lost = 1
  trace.note('unheard', '')
  for (const [n, roomId] of rooms.entries()) {
    const members = [...(database.rooms.get(roomId)?.members ?? [])]
    const sender = members.find(([, { leftSeq }]) => leftSeq === null)?.[0]
    if (sender === undefined) continue
    clock.after(apis[0]!.process, 0, () => {
      const clientMsgId = `01980000-0000-7000-8000-00000000000${n}`
      const actor = { id: sender, kind: 'user' } as const
      const said = { kind: 'message:send', roomId, actor, clientMsgId, text: 'unheard' } as const
      // Its sender may be leaving at this moment.
      void apis[0]!.roomLog.submit(said)
    })
  }
  await clock.run(100)
  const heads = (): string => Array.from(database.rooms.values(), ({ room }) => room.head).join()
  // A reaction is asked for again after a pause of its own: the last event has the whole time too.
  for (let windows = 0; windows < 5; windows += 1) {
    const before = heads()
    await clock.run(transports.length > 0 ? PLAIN_WINDOW_MS : WINDOW_MS)
    if (heads() === before) return
  }
}
