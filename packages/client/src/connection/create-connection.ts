import type { SessionReady } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { GetToken } from '../chat.ts'
import { createStore } from '../store.ts'
import { askToken, toChatError } from './ask-token.ts'
import { stepMachine } from './connection-machine.ts'
import type { Connection, ConnectionState } from './connection.ts'
import { createFactListeners } from './fact-listeners.ts'
import type { OpenLink } from './link.ts'
import {
  type Effect,
  initialMachine,
  type LinkState,
  type MachineEvent,
  type TimerName,
} from './machine-state.ts'
import { createOpenLinks, type OpenedLink } from './open-links.ts'
import type { Network, NetworkChange } from './network.ts'
import { showMachine } from './show-machine.ts'
import type { StartTimer } from './timer.ts'

export interface ConnectionPorts {
  readonly url: string
  readonly deviceId: string
  readonly getToken: GetToken
  /** At least one. With both, HTTP is for where sockets do not get through. */
  readonly links: { readonly socket?: OpenLink; readonly http?: OpenLink }
  readonly network: Network
  readonly startTimer: StartTimer
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly random: () => number
}

const DUE = { retry: 'retryDue', move: 'moveDue', refresh: 'refreshDue' } as const
const NEWS = { lost: 'networkLost', back: 'networkBack', shown: 'pageShown' } as const

/**
 * Does what the machine of SPEC.md says, and tells it what became of it. `request` goes over the
 * newest session that is open: inside `onSession` that is the new one, and during a move everything
 * else goes there too, so that a room that is synced there is not paused on the link that is left.
 */
export function createConnection(ports: ConnectionPorts): Connection {
  const driver = createDriver(ports)
  return {
    state: driver.state,
    session: driver.session,
    connect: () => driver.send({ type: 'connect', isOnline: ports.network.isOnline() }),
    disconnect: () => driver.send({ type: 'disconnect' }),
    retryNow: () => driver.send({ type: 'retryNow' }),
    async request(name, payload) {
      const link = driver.newestLink()
      if (link === null) throw unknownOutcome()
      const reply = await link.request(name, payload).catch((cause: unknown) => {
        throw toChatError(cause)
      })
      if (!reply.ok) throw new ChatError(reply.error)
      return reply.data
    },
    onFact: driver.facts.listen,
    onSession(catchUp) {
      // A function given twice is two listeners.
      const own = (session: SessionReady): Promise<void> => catchUp(session)
      driver.catchUps.add(own)
      return () => driver.catchUps.delete(own)
    },
  }
}

function createDriver(ports: ConnectionPorts) {
  const { links, url, deviceId, now, random } = ports
  const facts = createFactListeners()
  const catchUps = new Set<(session: SessionReady) => Promise<void>>()
  const queue: MachineEvent[] = []
  const session = createStore<SessionReady | null>(null)
  let machine = initialMachine({
    socket: links.socket !== undefined,
    http: links.http !== undefined,
  })
  const state = createStore<ConnectionState>(showMachine(machine, null))
  let isSending = false
  let stopListening: (() => void) | null = null

  /** What happens while something is done about an earlier event waits for its turn. */
  const send = (event: MachineEvent): void => {
    queue.push(event)
    if (isSending) return
    isSending = true
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const step = stepMachine(machine, next, { now: now(), random })
        machine = step.machine
        session.set(newest()?.session ?? session.current)
        for (const effect of step.effects) run(effect)
        listenWhileOn()
        show()
      }
    } finally {
      isSending = false
    }
  }

  const opened = createOpenLinks({
    links,
    options: { url, deviceId },
    now,
    send,
    fact(id, name, fact) {
      // A socket may have moved on from polling to WebSocket.
      if (machine.link?.id === id && opened.get(id)?.link.kind !== state.current.via) show()
      // During a move it comes over both, and nothing in it tells that it is the same.
      if (name !== 'message:ephemeral' || machine.link?.id === id) facts.tell(name, fact)
    },
  })
  const readyOf = (link: LinkState | null): OpenedLink | null =>
    link?.isReady === true ? opened.get(link.id) : null
  const newest = (): OpenedLink | null => readyOf(machine.next) ?? readyOf(machine.link)

  const show = (): void => {
    const via = machine.link === null ? null : (opened.get(machine.link.id)?.link.kind ?? null)
    const gateway = readyOf(machine.link)?.session?.gateway ?? null
    const shown = showMachine(machine, { via, gateway })
    const names = Object.keys(shown) as (keyof ConnectionState)[]
    if (names.some((name) => shown[name] !== state.current[name])) state.set(shown)
  }

  const listenWhileOn = (): void => {
    const hear = (change: NetworkChange): void => send({ type: NEWS[change] })
    if (machine.state !== 'idle' && machine.state !== 'ended') {
      stopListening ??= ports.network.listen(hear)
      return
    }
    stopListening?.()
    stopListening = null
  }

  const run = createEffects({ ...ports, send, opened, catchUps })
  return { state, session, facts, catchUps, send, newestLink: () => newest()?.link ?? null }
}

interface EffectPorts extends Pick<ConnectionPorts, 'getToken' | 'startTimer'> {
  readonly send: (event: MachineEvent) => void
  readonly opened: ReturnType<typeof createOpenLinks>
  readonly catchUps: ReadonlySet<(session: SessionReady) => Promise<void>>
}

/** What is done, and how the machine is told what became of it. */
function createEffects({ getToken, startTimer, send, opened, catchUps }: EffectPorts) {
  const timers = new Map<TimerName, () => void>()
  const fetchToken = (stale: string | null): Promise<string> =>
    askToken(getToken, stale, startTimer)

  const catchUp = async (link: number, session: SessionReady): Promise<void> => {
    try {
      await Promise.all([...catchUps].map(async (each) => await each(session)))
      send({ type: 'caughtUp', link })
    } catch (cause) {
      send({ type: 'catchUpFailed', link, error: toChatError(cause) })
    }
  }

  return (effect: Effect): void => {
    switch (effect.type) {
      case 'fetchToken':
        fetchToken(effect.stale).then(
          (token) => send({ type: 'tokenReady', ask: effect.ask, token }),
          (error: ChatError) => send({ type: 'tokenFailed', ask: effect.ask, error }),
        )
        return
      case 'openLink':
        return opened.open(effect)
      case 'closeLink':
        return opened.close(effect.link)
      case 'catchUp':
        return void catchUp(effect.link, effect.session)
      case 'refreshToken':
        return void opened.refresh(effect.link, effect.stale, fetchToken)
      case 'startTimer':
      case 'stopTimer': {
        const { timer } = effect
        timers.get(timer)?.()
        timers.delete(timer)
        if (effect.type === 'stopTimer') return
        timers.set(
          timer,
          startTimer(effect.ms, () => send({ type: DUE[timer] })),
        )
      }
    }
  }
}
