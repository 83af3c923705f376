import { expect, test } from 'vitest'
import type { Violation } from './checks/violation.ts'
import type { Mix } from './schedule/plan.ts'
import { runSchedule } from './schedule/run-schedule.ts'
import type { Mutant } from './schedule/world.ts'

interface Broken {
  readonly name: string
  readonly mutant: () => Mutant
  readonly mix?: Mix
  /** One of these has to find it. */
  readonly foundBy: readonly Violation['check'][]
}

/** What breaks the system on purpose, at its edges. */
const BROKEN: readonly Broken[] = [
  {
    name: 'nothing is repaired that news has not brought',
    foundBy: ['C5'],
    mutant: () => ({
      api: (api) => ({
        ...api,
        reconcile: async (known) => ({ ...(await api.reconcile(known)), rooms: {} }),
      }),
    }),
  },
  {
    name: 'the answer comes before the commit, which may not come',
    foundBy: ['C2'],
    mutant: () => {
      let commits = 0
      return {
        store: {
          commit(write) {
            commits += 1
            if (commits % 12 > 0) write()
          },
        },
      }
    },
  },
  {
    name: 'a retry is a message of its own',
    foundBy: ['C3'],
    mutant: () => ({ store: { loaded: (state) => state.earlier.clear() } }),
  },
  {
    name: 'what arrives after it was asked for again is done again',
    foundBy: ['C2', 'C6'],
    mix: 'marks',
    mutant: () => ({ store: { loaded: (state) => state.retried.clear() } }),
  },
  {
    name: 'what was refused is done by an attempt that was made before',
    foundBy: ['C2'],
    mutant: () => ({ store: { loaded: (state) => state.retried.clear() } }),
  },
  {
    name: 'who has left is handed what comes after',
    foundBy: ['C8'],
    mutant: () => ({ gateway: ['membership-check-off'] }),
  },
  {
    name: 'what is said to a gateway that goes away is acknowledged and dropped',
    foundBy: ['C2', 'outbox'],
    mutant: () => ({
      api: (api, gateway) => ({
        ...api,
        async sendCommands(...batch) {
          if (gateway.state === 'serving') return api.sendCommands(...batch)
          const [, commands] = batch
          const data = { seq: 1, msgNo: 1, ts: new Date().toISOString() }
          return { results: commands.map(() => ({ ok: true as const, data })), news: [] }
        },
      }),
    }),
  },
  {
    name: 'events of one packet are the wrong way round',
    foundBy: ['C4'],
    mutant: () => ({
      server(server) {
        const emit = server.emitLocally.bind(server)
        server.emitLocally = (room, name, fact, except) => {
          const { events } = fact as { events?: unknown[] }
          emit(
            room,
            name,
            events ? { ...(fact as object), events: events.toReversed() } : fact,
            except,
          )
        }
        return server
      },
    }),
  },
  {
    name: 'packets are dropped while a gateway goes away',
    foundBy: ['C4'],
    mutant: () => ({ gateway: ['drain-drops'] }),
  },
]
/** The rarest is seen by one in two hundred and fifty. */
const SEEDS = 1_200

test.each(BROKEN)('it is found that $name', async ({ mutant, mix = 'talk', foundBy }) => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violations } = await runSchedule(seed, { mix, mutant: mutant() })
    if (violations.some(({ check }) => foundBy.includes(check))) return
  }
  expect.fail(`${SEEDS} schedules, and nobody has seen it`)
})
