import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { LaunchError } from '@parley/local-cluster'
import { createDeadline } from '../load/deadline.ts'
import { driveDevice } from '../load/drive-device.ts'
import type { LoadClient } from '../load/load-client.ts'
import { createPacer } from '../load/pacer.ts'
import type { Plan } from '../load/plan.ts'
import { plannedOps } from '../load/planned-op.ts'
import type { Recorder } from '../load/recorder.ts'
import { inTurns, openClient, type LoadStage } from '../load/set-stage.ts'
import { untilTrue } from '../load/until-true.ts'

export interface RunLoadOptions {
  readonly plan: Plan
  readonly stage: LoadStage
  readonly recorder: Recorder
  readonly rate: number
  readonly durationMs: number
  /** What was asked for before is answered within this, once all is whole. */
  readonly giveUpMs: number
  /** Ends the load before its time. */
  readonly signal: AbortSignal
  /** Breaks things while the load goes on; resolves when all is mended. */
  readonly breakThings: (signal: AbortSignal) => Promise<void>
}

const IN_FLIGHT = 4
const ALL_LIVE_MS = 30_000

/** Connects all clients of the plan. */
export async function connectClients(
  options: Pick<RunLoadOptions, 'plan' | 'stage' | 'recorder' | 'signal'>,
): Promise<LoadClient[]> {
  const clients = await inTurns(options.plan.devices, (device) => openClient(options, device))
  for (const client of clients) client.start()
  const limit = createDeadline(ALL_LIVE_MS, options.signal)
  await untilTrue(() => clients.every((client) => client.isLive()), limit.signal)
  limit.clear()
  const late = clients.filter((client) => !client.isLive()).map(({ device }) => device.name)
  if (late.length === 0) return clients
  await Promise.all(clients.map((client) => client.close()))
  if (options.signal.aborted)
    throw new LaunchError(
      'It was ended before its clients were connected: there is nothing to check.',
    )
  throw new Error(`Not connected within ${ALL_LIVE_MS / 1_000} s: ${late.join(', ')}.`)
}

/** All clients do what is planned for them, for a time; then what is under way is brought to its end. */
export async function runLoad(
  options: RunLoadOptions,
  clients: readonly LoadClient[],
): Promise<void> {
  const { plan, stage, recorder, rate, durationMs, giveUpMs, signal, breakThings } = options
  const { signal: ending, clear } = createDeadline(durationMs, signal)
  const givingUp = new AbortController()
  setMaxListeners(0, givingUp.signal)
  const pacer = createPacer(rate)
  const driving = clients.map((client, at) => {
    const device = plan.devices[at]
    if (device === undefined) throw new Error(`No device is planned for ${client.device.name}.`)
    return driveDevice({
      client,
      rooms: stage.rooms,
      ops: plannedOps(plan, device),
      pacer,
      recorder,
      inFlight: IN_FLIGHT,
      signal: ending,
      giveUp: givingUp.signal,
    })
  })
  const breaking = breakThings(ending)
  // Awaited when the load is over.
  breaking.catch(() => undefined)
  const isOver = new Promise((resolve) => ending.addEventListener('abort', resolve))
  // It goes on for ever, unless it fails.
  await Promise.race([isOver, Promise.all(driving)]).finally(clear)
  recorder.write({ kind: 'mark', what: 'load-ends', atMs: recorder.now() })
  try {
    await breaking
  } finally {
    recorder.write({ kind: 'mark', what: 'healed', atMs: recorder.now() })
    const limit = new AbortController()
    const late = sleep(giveUpMs, undefined, { signal: limit.signal }).catch(() => undefined)
    await Promise.race([Promise.allSettled(driving), late])
    limit.abort()
    givingUp.abort()
    await Promise.all(driving)
  }
}
