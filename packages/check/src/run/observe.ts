import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PresenceState } from '@parley/message-schema'
import type { LoadClient } from '../load/load-client.ts'
import type { Recorder } from '../load/recorder.ts'
import { must } from '../load/set-stage.ts'
import type { ProcessEnd } from './watch-ends.ts'
import type { QuietRoom } from './wait-until-quiet.ts'

/** As long as it may take until everybody is shown as what they are. */
const PRESENCE_MS = 30_000
const LOOK_EVERY_MS = 1_000
const ASKED_AT_ONCE = 100

/**
 * Everybody with a socket is online in the eyes of somebody of the same room, and offline when all their sockets are
 * closed: nobody goes on being there by a socket of a gateway that was killed.
 */
export async function observePresence(
  clients: readonly LoadClient[],
  { owner, memberIds }: QuietRoom,
  { recorder, expected }: { readonly recorder: Recorder; readonly expected: 'online' | 'offline' },
): Promise<void> {
  const here = clients.filter(({ device }) => HAS_SOCKET.has(device.via))
  const userIds = [...new Set(here.map(({ device }) => device.userId))]
  const members = userIds.filter((userId) => memberIds.has(userId)).slice(0, ASKED_AT_ONCE)
  const ids = members.map((userId) => encodeURIComponent(userId)).join(',')
  if (members.length === 0) return
  const untilMs = performance.now() + PRESENCE_MS
  for (;;) {
    const answer = await must(owner.rest, { method: 'GET', path: `/v1/presence?ids=${ids}` })
    const states = new Map(
      (answer['states'] as PresenceState[]).map(({ userId, status }) => [userId, status]),
    )
    const isTrue = members.every((userId) => states.get(userId) === expected)
    if (isTrue || performance.now() > untilMs) {
      for (const subject of members) {
        const value = states.get(subject) ?? 'unknown'
        const about = { subject, observer: owner.userId, value, expected }
        recorder.write({ kind: 'observation', what: 'presence', ...about, atMs: recorder.now() })
      }
      return
    }
    await sleep(LOOK_EVERY_MS)
  }
}

const HAS_SOCKET: ReadonlySet<string> = new Set(['sdk', 'websocket', 'polling'])

/** A process ends only when it is told to. */
export function observeEnd({ name, how, isExpected }: ProcessEnd, recorder: Recorder): void {
  const about = { subject: name, value: how, ...(isExpected && { expected: how }) }
  recorder.write({ kind: 'observation', what: 'exit', ...about, atMs: recorder.now() })
}

/** What Node.js itself says when something was thrown that nobody caught. */
const CRASH =
  /^Node\.js v\d|^FATAL ERROR|uncaughtException|unhandledRejection|triggerUncaughtException|that nobody (caught|handled)/u
/** So much of what they say is kept. */
const TOLD = 4_000

/** What the processes of a cluster have left in their logs. */
export async function observeCrashes(dir: string, recorder: Recorder): Promise<void> {
  const logs = readdirSync(join(dir, 'logs')).filter((name) => /^[agw]\d+\.log$/u.test(name))
  for (const name of logs.toSorted()) {
    let crashes = 0
    let told = ''
    const lines = createInterface({ input: createReadStream(join(dir, 'logs', name)) })
    for await (const line of lines) {
      if (!CRASH.test(line)) continue
      crashes += 1
      if (told.length < TOLD) told += `${line.slice(0, TOLD)}\n`
    }
    const subject = name.replace('.log', '')
    const atMs = recorder.now()
    recorder.write({
      kind: 'observation',
      what: 'crash-log',
      subject,
      value: crashes,
      detail: told,
      atMs,
    })
  }
}
