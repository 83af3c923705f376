import type { SessionReady } from '@parley/message-schema'
import { ChatError, toChatError, unknownOutcome } from '../chat-error.ts'
import { createStore } from '../store.ts'
import { stepMachine } from './connection-machine.ts'
import type { Connection, ConnectionState } from './connection.ts'
import { createEffects, type EffectPorts, type OpenedLink } from './effects.ts'
import { createFactListeners } from './fact-listeners.ts'
import { initialMachine, type MachineEvent } from './machine-state.ts'
import type { Network } from './network.ts'
import { showMachine } from './show-machine.ts'

export interface ConnectionPorts extends EffectPorts {
  readonly network: Network
  /** Milliseconds since 1970, for what people are told. `now` by default. */
  readonly wallNow?: () => number
  readonly random: () => number
}

const NEWS = { lost: 'networkLost', back: 'networkBack', shown: 'pageShown' } as const

/**
 * Does what the machine of SPEC.md says, and tells it what became of it. `request` goes over the
 * newest session that is open: inside `onSession` that is the new one, and during a move everything
 * else goes there too, so that a room that is synced there is not paused on the link that is left.
 */
export function createConnection(ports: ConnectionPorts): Connection {
  const { links, network, now, random, wallNow = now } = ports
  const facts = createFactListeners()
  const opened = new Map<number, OpenedLink>()
  const catchUps = new Set<(session: SessionReady) => Promise<void>>()
  const queue: MachineEvent[] = []
  let machine = initialMachine({
    socket: links.socket !== undefined,
    http: links.http !== undefined,
  })
  const session = createStore<SessionReady | null>(null)
  const state = createStore(showMachine(machine, 0))
  let isSending = false
  let stopListening: (() => void) | null = null

  const linkOf = (one: typeof machine.link) => one && opened.get(one.id)
  const newest = () => linkOf([machine.next, machine.link].find((one) => one?.isReady) ?? null)

  const show = (): void => {
    const shown = showMachine(machine, wallNow() - now(), linkOf(machine.link))
    const names = Object.keys(shown) as (keyof ConnectionState)[]
    if (names.some((name) => shown[name] !== state.current[name])) state.set(shown)
  }

  const step = (event: MachineEvent): void => {
    const { machine: then, effects: todo } = stepMachine(machine, event, { now: now(), random })
    machine = then
    session.set(newest()?.session ?? session.current)
    for (const effect of todo) effects[effect.type](effect as never)
    if (machine.state !== 'idle' && machine.state !== 'ended') {
      stopListening ??= network.listen((change) => send({ type: NEWS[change] }))
    } else {
      stopListening?.()
      stopListening = null
    }
    show()
  }

  /** What happens while something is done about an earlier event waits for its turn. */
  const send = (event: MachineEvent): void => {
    queue.push(event)
    if (isSending) return
    isSending = true
    try {
      for (let next = queue.shift(); next; next = queue.shift()) step(next)
    } finally {
      isSending = false
    }
  }

  const effects = createEffects(ports, {
    opened,
    catchUps,
    send,
    fact(id, name, fact) {
      const isFirst = machine.link?.id === id
      // A socket may have moved on from polling to WebSocket.
      if (isFirst && opened.get(id)?.link.kind !== state.current.via) show()
      // During a move it comes over both, and nothing in it tells that it is the same.
      if (isFirst || name !== 'message:ephemeral') facts.tell(name, fact)
    },
  })

  return {
    state,
    session,
    connect: () => send({ type: 'connect', isOnline: network.isOnline() }),
    disconnect: () => send({ type: 'disconnect' }),
    retryNow: () => send({ type: 'retryNow' }),
    async request(name, payload) {
      const link = newest()?.link
      if (!link) throw unknownOutcome()
      const reply = await link.request(name, payload).catch((cause: unknown) => {
        throw toChatError(cause)
      })
      if (!reply.ok) throw new ChatError(reply.error)
      return reply.data
    },
    onFact: facts.listen,
    onSession(catchUp) {
      // A function given twice is two listeners.
      const own = (ready: SessionReady): Promise<void> => catchUp(ready)
      catchUps.add(own)
      return () => catchUps.delete(own)
    },
  }
}
