import { setMaxListeners } from 'node:events'
import { waitUntil } from '@parley/local-cluster'
import { clockMs } from '../../../clock.ts'
import { inTurns } from '../../../peers/in-turns.ts'
import { seededRandom } from '../../../seeded-random.ts'
import type { ClientPlan } from '../../../subjects/subject.ts'
import { ReturningClient } from './returning-client.ts'

export interface Storm {
  /** Messages of each room since the beginning. */
  readonly told: ReadonlyMap<string, number>
  readonly timeoutMs: number
}

export interface StormResult {
  /** From when they were told to come back: how long each took until it had all. */
  readonly caughtUpMs: readonly number[]
  readonly allMs: number
  readonly turnedAway: number
  /** Messages that somebody was to have and has not, when the time was over. */
  readonly missing: number
  readonly violations: readonly string[]
  /** Of one core: what this process took meanwhile. */
  readonly cpuShare: number
}

const AT_ONCE = 64
const MOST_VIOLATIONS = 20

/** All clients of the storm, in one process with one clock. */
export class ReturningClients {
  readonly #violations: string[] = []
  #clients: readonly ReturningClient[] = []

  async connect(plans: readonly ClientPlan[]): Promise<void> {
    setMaxListeners(0)
    const random = seededRandom(1)
    const report = (violation: string): void => {
      if (this.#violations.length < MOST_VIOLATIONS) this.#violations.push(violation)
    }
    this.#clients = plans.map((client) => new ReturningClient({ client, random, report }))
    await inTurns(this.#clients, AT_ONCE, (client) => client.connect())
  }

  /** All at once, as when a network fails. */
  cut(): void {
    for (const client of this.#clients) client.cut()
  }

  connected(): number {
    return this.#clients.filter(({ isConnected }) => isConnected).length
  }

  /** All at once. Answers when each has everything, or when the time is over. */
  async comeBack({ told, timeoutMs }: Storm): Promise<StormResult> {
    for (const client of this.#clients) client.turnedAway = 0
    const startedMs = clockMs()
    const cpu = process.cpuUsage()
    const returns = this.#clients.map((client) => {
      client.positions.expect(told)
      return client.comeBack()
    })
    await waitUntil(() => this.#areComplete(), { timeoutMs, everyMs: 10 })
    const { user, system } = process.cpuUsage(cpu)
    const allMs = clockMs() - startedMs
    // Whoever is not back yet need not try any more.
    for (const client of this.#clients) if (!client.isConnected) client.cut()
    await Promise.all(returns)
    return {
      caughtUpMs: this.#clients.flatMap(({ caughtUpAtMs }) =>
        caughtUpAtMs === undefined ? [] : [caughtUpAtMs - startedMs],
      ),
      allMs,
      turnedAway: this.#clients.reduce((sum, { turnedAway }) => sum + turnedAway, 0),
      missing: this.#missing(),
      violations: this.#violations.splice(0),
      cpuShare: (user + system) / 1_000 / allMs,
    }
  }

  /** While they are connected: answers what is missing of what was told when the time is over. */
  async hear({ told, timeoutMs }: Storm): Promise<Pick<StormResult, 'missing' | 'violations'>> {
    for (const { positions } of this.#clients) positions.expect(told)
    await waitUntil(() => this.#missing() === 0, { timeoutMs, everyMs: 50 })
    return { missing: this.#missing(), violations: this.#violations.splice(0) }
  }

  close(): void {
    this.cut()
  }

  #areComplete = (): boolean =>
    this.#clients.every(({ caughtUpAtMs }) => caughtUpAtMs !== undefined)

  #missing = (): number => this.#clients.reduce((sum, { positions }) => sum + positions.missing, 0)
}
