import type {
  CommandData,
  ErrorBody,
  PROTOCOL_VERSION,
  Reply,
  ServerToClientEvents,
  SessionEnd,
  SessionReady,
  SyncResult,
} from '@parley/message-schema'
import { io, type Socket } from 'socket.io-client'
import { notJson, unknownOutcome } from '../chat-error.ts'
import type { GuaranteeMonitor, LinkMonitor } from './guarantee-monitor.ts'
import type { Link, LinkClosed, LinkEvents, LiveFactName, OpenLink } from './link.ts'

export type SocketTransport = 'websocket' | 'polling'

export interface SocketLinkPorts {
  /** In this order. Both by default, WebSocket first. */
  readonly transports?: readonly SocketTransport[]
  readonly monitor?: GuaranteeMonitor
  /** Milliseconds until a transport is there: 12 s. */
  readonly connectTimeoutMs?: number
  /** Milliseconds until the session is open: 20 s. The server itself gives up after 15 s. */
  readonly readyTimeoutMs?: number
}

const VERSION = 1 satisfies typeof PROTOCOL_VERSION
const ACK_TIMEOUT_MS = 10_000
const POLL_TIMEOUT_MS = 50_000

const HANDED_ON: Readonly<Record<LiveFactName, 1>> = {
  'auth:expiring': 1,
  'server:drain': 1,
  'room:events': 1,
  'room:heads': 1,
  'room:added': 1,
  'room:removed': 1,
  'room:invited': 1,
  'read:moved': 1,
  'message:ephemeral': 1,
  typing: 1,
  presence: 1,
}

/** The loosest view of a socket: its own types lose the relation of a name and what goes with it. */
type AnySocket = Socket<
  Record<string, (fact: never) => void>,
  Record<string, (...args: unknown[]) => void>
>

/** Opens one Socket.IO connection for each link, and never the same one again. */
export function createSocketLink(ports: SocketLinkPorts = {}): OpenLink {
  const { connectTimeoutMs = 12_000, readyTimeoutMs = 20_000 } = ports
  let transports = [...(ports.transports ?? (['websocket', 'polling'] as const))]

  return ({ url, token, deviceId }, events) => {
    const socket: AnySocket = io(url, {
      transports,
      tryAllTransports: true,
      timeout: connectTimeoutMs,
      // The server says something every 25 s: a poll that hangs would keep its connection for ever.
      requestTimeout: POLL_TIMEOUT_MS,
      autoConnect: false,
      // Whoever opened it decides whether and when there is another one.
      reconnection: false,
      // A second link, for make before break, must not share the connection of the first.
      forceNew: true,
      auth: { token, v: VERSION, deviceId },
    })
    // A transport that is refused gives way to the next one; one that hangs does so next time.
    socket.on('connect_error', ({ message }: Error) => {
      if (message === 'timeout') transports = transports.toReversed()
    })
    return createLink(socket, events, readyTimeoutMs, ports.monitor?.watchLink())
  }
}

function createLink(
  socket: AnySocket,
  events: LinkEvents,
  readyTimeoutMs: number,
  monitor: LinkMonitor | undefined,
): Link {
  const unanswered = new Set<() => void>()
  let isClosed = false
  let isReady = false
  let drain: { readonly afterMs: number } | null = null

  const shut = (): boolean => {
    if (isClosed) return false
    isClosed = true
    clearTimeout(timer)
    socket.removeAllListeners()
    socket.disconnect()
    for (const giveUp of unanswered) giveUp()
    unanswered.clear()
    return true
  }
  const closed = (why: LinkClosed): void => {
    if (shut()) events.closed(why)
  }
  const cut = (): void => closed({ cause: 'transport', wasReady: isReady })
  const timer = setTimeout(cut, readyTimeoutMs)

  socket.on('session:ready', (session: SessionReady) => {
    if (isReady) return
    isReady = true
    clearTimeout(timer)
    events.ready(session)
    if (drain !== null && !isClosed) events.fact('server:drain', drain)
  })
  socket.on('session:end', (end: SessionEnd) => closed({ cause: 'ended', end }))
  socket.on('disconnect', cut)
  socket.on('connect_error', (error: Error & { readonly data?: unknown }) => {
    if (isErrorBody(error.data)) closed({ cause: 'refused', error: error.data })
    else cut()
  })
  for (const name of Object.keys(HANDED_ON) as (keyof ServerToClientEvents & LiveFactName)[]) {
    socket.on(name, (fact: never) => {
      if (isReady) {
        monitor?.fact(name, fact)
        events.fact(name, fact)
      } else if (name === 'server:drain') drain = fact
    })
  }
  // A transport that cannot even begin says so at once, which is before there is a link.
  queueMicrotask(() => {
    if (!isClosed) socket.connect()
  })

  return {
    get kind() {
      const engine = socket.io.engine as typeof socket.io.engine | undefined
      return engine?.transport?.name === 'polling' ? 'polling' : 'websocket'
    },
    request: (name, payload, timeoutMs = ACK_TIMEOUT_MS) => {
      if (isClosed) return Promise.reject(unknownOutcome())
      return ask(unanswered, timeoutMs, (resolve) => {
        // With an ack of our own: the monitor hears of an answer that comes too late, too.
        socket.emit(name, payload, (reply: Reply<CommandData<typeof name>>) => {
          if (isClosed) return
          if (name === 'sync' && reply.ok) monitor?.synced(reply.data as SyncResult)
          resolve(reply)
        })
      })
    },
    close: () => void shut(),
  }
}

/** Waits for an answer, at most so long, or until it is given up by what is put into `unanswered`. */
const ask = <Answer>(
  unanswered: Set<() => void>,
  timeoutMs: number,
  say: (resolve: (answer: Answer) => void) => void,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const settled = (): void => {
      clearTimeout(waiting)
      unanswered.delete(giveUp)
    }
    const giveUp = (): void => {
      settled()
      reject(unknownOutcome())
    }
    const waiting = setTimeout(giveUp, timeoutMs)
    unanswered.add(giveUp)
    try {
      say((answer) => {
        settled()
        resolve(answer)
      })
    } catch (cause) {
      settled()
      reject(notJson(cause))
    }
  })

const isErrorBody = (data: unknown): data is ErrorBody =>
  typeof (data as Partial<ErrorBody> | null | undefined)?.code === 'string'
