import type { DeviceKind, PushPayload } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import { inRounds } from '../jobs/in-rounds.ts'
import type { PushAdapter, PushOutcome, PushTarget } from '../push/push-adapter.ts'
import { toPushPayload, type NoticeFacts } from './push-text.ts'

/** Something for one device, taken for a while. */
export interface TakenSend {
  readonly deviceId: string
  readonly roomId: string
  /** Tells it from what has taken its place since. */
  readonly claim: string
  /** This one counted. */
  readonly attempts: number
  readonly deviceKind: DeviceKind
  readonly target: PushTarget
  readonly send:
    | { readonly kind: 'clear'; readonly seq: number }
    /** `null`: it was read, deleted or left since; nobody is told of it. */
    | { readonly kind: 'message'; readonly facts: NoticeFacts | null }
}

export interface PushSendStore {
  /** Takes what is due for `leaseMs`; what was not settled then is taken again. */
  readonly take: (now: Date, limit: number, leaseMs: number) => Promise<TakenSend[]>
  readonly done: (sends: readonly TakenSend[]) => Promise<void>
  readonly retry: (send: TakenSend, at: Date) => Promise<void>
  readonly forgetDevice: (deviceId: string) => Promise<void>
}

export interface SendPushesPorts {
  readonly store: PushSendStore
  readonly adapters: ReadonlyMap<DeviceKind, PushAdapter>
  readonly logger: Logger
  readonly now: () => Date
  readonly onOutcome?: (kind: DeviceKind, outcome: PushOutcome | 'dropped') => void
}

const AT_ONCE = 64
const IN_PARALLEL = 16
/** Longer than all of one round may take. */
const LEASE_MS = 90_000
const ROUNDS = 50
const ATTEMPTS = 6
const FIRST_RETRY_MS = 5_000
const LATEST_RETRY_MS = 10 * 60_000

const retryAfterMs = (attempts: number): number =>
  Math.min(LATEST_RETRY_MS, FIRST_RETRY_MS * 4 ** (attempts - 1))

const payloadOf = ({ roomId, send }: TakenSend): PushPayload | null => {
  if (send.kind === 'clear') return { type: 'clear', roomId, seq: send.seq }
  return send.facts === null ? null : toPushPayload(send.facts)
}

/**
 * Hands over what was decided. Who dies between handing over and noting it down does it once more,
 * with the same tag: the device shows one notice.
 */
export function createSendPushes(ports: SendPushesPorts) {
  const { store, adapters, logger, now, onOutcome = () => {} } = ports

  async function settle(send: TakenSend, outcome: PushOutcome): Promise<void> {
    onOutcome(send.deviceKind, outcome)
    if (outcome === 'gone') return store.forgetDevice(send.deviceId)
    if (outcome === 'retry' && send.attempts < ATTEMPTS) {
      return store.retry(send, new Date(now().getTime() + retryAfterMs(send.attempts)))
    }
    return store.done([send])
  }

  async function handOver(send: TakenSend): Promise<void> {
    const adapter = adapters.get(send.deviceKind)
    const payload = payloadOf(send)
    if (adapter === undefined || payload === null) {
      onOutcome(send.deviceKind, 'dropped')
      return store.done([send])
    }
    await settle(send, await adapter.send(send.target, payload))
  }

  async function sendRound(): Promise<number> {
    const taken = await store.take(now(), AT_ONCE, LEASE_MS)
    const left = [...taken]
    const lane = async (): Promise<void> => {
      for (let send = left.shift(); send !== undefined; send = left.shift()) {
        await handOver(send).catch((error: unknown) => {
          // Its lease ends, and it is tried again.
          logger.warn({ err: error }, 'could not settle a push')
        })
      }
    }
    await Promise.all(Array.from({ length: IN_PARALLEL }, lane))
    return taken.length
  }

  return (signal?: AbortSignal): Promise<void> =>
    inRounds({ rounds: ROUNDS, atOnce: AT_ONCE }, signal, sendRound)
}
