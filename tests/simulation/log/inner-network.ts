import { randomUUID } from 'node:crypto'
import { ParleyError, toErrorBody } from '@parley/message-schema'
import { NOBODY } from '../clock/virtual-clock.ts'
import type { Surroundings } from '../network/wire.ts'
import type { ApiClient } from '../product.ts'
import type { Trace } from '../trace.ts'
import type { SimApi } from './sim-api.ts'

/** As the clients of the API have it. */
const ANSWER_WITHIN_MS = 8_000

/** Nobody knows whether it was done. */
class Unreachable extends Error {}

/** Questions to whichever API replica is there, and what becomes of them on the way. */
export class InnerNetwork {
  /** What was asked and is not answered yet. */
  underWay = 0
  /** How often each command was asked for, by its `clientMsgId`. */
  readonly attempts = new Map<string, number>()
  /** What pages asked for that was or is done when they had given it up: `PUT /v1/… of ada`. */
  readonly late = new Set<string>()
  readonly #around: Surroundings
  readonly #apis: readonly SimApi[]
  readonly #trace: Trace

  constructor(around: Surroundings, apis: readonly SimApi[], trace: Trace) {
    this.#around = around
    this.#apis = apis
    this.#trace = trace
  }

  /** Rejects with `Unreachable`: then it may or may not have been done, now or later. */
  ask<Answer>(what: string, run: (api: SimApi) => Promise<Answer>): Promise<Answer> {
    const { clock, random, conditions } = this.#around
    const caller = clock.current
    const living = this.#apis.filter(({ process }) => !process.isDead)
    const api = living[Math.floor(random() * living.length)]
    const way = (): number => 0.2 + random() ** 2 * conditions.innerMs
    return new Promise((resolve, reject) => {
      const settle = (afterMs: number, tell: () => void): void => {
        // Counted without its caller too, who may die meanwhile.
        this.underWay += 1
        clock.after(NOBODY, afterMs, () => (this.underWay -= 1))
        clock.after(caller, afterMs, tell)
      }
      const fail = (afterMs: number): void =>
        settle(afterMs, () => reject(new Unreachable(`${what} failed`)))
      const give = (tell: () => void): void => settle(way(), tell)
      if (api === undefined) return fail(way())
      const fate = this.#fate()
      const lateness = (): number => (random() < 0.5 ? way() : ANSWER_WITHIN_MS)
      this.#trace.note(`${caller.name} ? ${api.process.name}`, `${what} ${fate}`)
      if (fate === 'requestLost') return fail(lateness())
      // It is done when nobody waits for it any more, or before: a balancer gives a halted replica up sooner.
      if (fate === 'late') this.late.add(what)
      if (fate === 'late') fail(random() < 0.5 ? ANSWER_WITHIN_MS : 300 + random() * 3_000)
      const lose = (): void => fail(way())
      const { process } = api
      api.waiting.add(lose)
      clock.after(process, fate === 'late' ? 500 + random() * 12_000 : way(), () => {
        const done = (): void => void api.waiting.delete(lose)
        run(api).then(
          (answer) => {
            done()
            if (fate === 'answerLost') return fail(lateness())
            const text = JSON.stringify(answer)
            give(() => resolve(JSON.parse(text) as Answer))
          },
          (error: unknown) => {
            done()
            if (error instanceof ParleyError) give(() => reject(error))
            else fail(way())
          },
        )
      })
    })
  }

  #fate(): 'fine' | 'requestLost' | 'answerLost' | 'late' {
    const { requestLost, answerLost, late } = this.#around.conditions.api
    const dice = this.#around.random()
    if (dice < requestLost) return 'requestLost'
    if (dice < requestLost + answerLost) return 'answerLost'
    return dice < requestLost + answerLost + late ? 'late' : 'fine'
  }

  /** What a gateway asks the API by. */
  clientOf(): ApiClient {
    const gatewayId = randomUUID()
    let number = 0
    return {
      sendCommands: (_partition, commands, { isRetry }) => {
        number += 1
        const attempt = { gatewayId, number, isRetry }
        const text = JSON.stringify(commands)
        for (const one of commands) {
          if (!('clientMsgId' in one)) continue
          this.attempts.set(one.clientMsgId, (this.attempts.get(one.clientMsgId) ?? 0) + 1)
        }
        return this.ask('commands', (api) => api.runCommands(JSON.parse(text), attempt))
      },
      fetchUserStates: (users) =>
        this.ask('users', async (api) => api.reads.userStates(users.map(({ id }) => id))),
      reconcile: (known) => this.ask('reconcile', async (api) => api.reads.reconcile(known)),
      fetchEvents: (ranges) => this.ask('events', async (api) => api.reads.eventRanges(ranges)),
      findWatchable: () => Promise.reject(new Unreachable('not simulated')),
      chooseStatus: async () => undefined,
      noteSeen: async () => undefined,
      close: async () => undefined,
    }
  }

  /**
   * `fetch` of a page: `userOf` tells whose it is, `isReachable` whether it has a network. `opened` is
   * told of each request, with what cuts it off, and answers what is to be called when it is over.
   */
  fetchFor(
    userOf: () => string,
    isReachable: () => boolean,
    opened: (cut: () => void) => () => void = () => () => undefined,
  ): typeof fetch {
    const call = async (address: string, init: RequestInit = {}): Promise<unknown> => {
      const { clock, random } = this.#around
      const userId = userOf()
      const { pathname: path, searchParams: query } = new URL(address)
      const { method = 'GET' } = init
      const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
      const key = new Map(Object.entries(init.headers ?? {})).get('idempotency-key')
      if (!isReachable()) {
        await clock.sleep(1 + random() * 20)
        throw new TypeError('fetch failed')
      }
      const gone = new AbortController()
      const asked = { userId, method, path, query, body, key, signal: gone.signal }
      const ended = new Promise<never>((_resolve, reject) => {
        init.signal?.addEventListener('abort', () => reject(new Error('aborted')))
        gone.signal.addEventListener('abort', () => reject(new TypeError('fetch failed')))
      })
      const over = opened(() => gone.abort())
      try {
        const answer = this.ask(`${method} ${path} of ${userId}`, (api) => api.rest(asked))
        return toResponse(200, await Promise.race([answer, ended]))
      } catch (error) {
        if (error instanceof ParleyError) return toResponse(400, toErrorBody(error, 'r'))
        throw new TypeError('fetch failed', { cause: error })
      } finally {
        over()
      }
    }
    return call as typeof fetch
  }
}

/** What the SDK uses of a `Response`. */
const toResponse = (status: number, body: unknown) => ({
  ok: status === 200,
  status,
  headers: { get: () => 'application/json' },
  json: async () => body,
})
