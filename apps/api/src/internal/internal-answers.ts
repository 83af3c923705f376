import {
  ATTEMPT_HEADER,
  CommandBatch,
  EventRangesRequest,
  GATHERED_HEADER,
  GatewayCommand,
  INTERNAL_PATHS,
  invalidFrom,
  parseAttempt,
  ReconcileRequest,
  UserStatesRequest,
} from '@parley/message-schema'
import type {
  CommandBatchResult,
  RequestAttempt,
  RoomNews,
  UserAsk,
  UserStates,
} from '@parley/message-schema'
import type { FailPoints } from '@parley/server-kit'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { readEventRanges } from '../db/log/event-ranges-store.ts'
import type { Pool } from '../db/connect.ts'
import { reconcile } from '../db/log/heads-store.ts'
import { readUserStates } from '../db/users/user-state-store.ts'
import type { RoomLog, Settled } from '../room-log/room-log.ts'
import { toCommandResult } from './command-result.ts'
import type { Answering, InternalAnswers } from './internal-endpoint.ts'
import { numberAttempt } from './number-attempt.ts'
import { presenceAnswers, type PresenceAnswers } from './presence-answers.ts'

export interface InternalPorts {
  readonly pool: Pool
  readonly roomLog: RoomLog
  /** Creates the users of host applications that are seen for the first time. */
  readonly ensureHostUsers: (users: readonly UserAsk[]) => Promise<ReadonlySet<string>>
  readonly presence: PresenceAnswers
  readonly failPoints: FailPoints
  readonly accessTokenTtlS: number
}

/** Gateways put together what goes to the same process. */
const THIS_PROCESS = randomUUID()
/** What arrives in the same moment of the clock goes on together. */
const MOMENT_MS = 5

/** One that a gateway of another version let pass is refused alone: its neighbours are not. */
async function submit(
  roomLog: RoomLog,
  candidate: unknown,
  attempt: RequestAttempt | undefined,
): Promise<Settled> {
  const parsed = GatewayCommand.safeParse(candidate)
  if (parsed.success) return roomLog.submit(numberAttempt(parsed.data, attempt))
  return { outcome: { refusal: invalidFrom(parsed.error) }, news: [] }
}

/** Gateways gather what is said in busy rooms until moments that they share: all of it is one transaction then. */
async function untilAllAreHere({ headers }: IncomingMessage): Promise<void> {
  if (headers[GATHERED_HEADER] === undefined) return
  await new Promise((resolve) => {
    setTimeout(resolve, MOMENT_MS - (Date.now() % MOMENT_MS))
  })
}

async function runCommands(
  roomLog: RoomLog,
  batch: CommandBatch,
  { headers }: IncomingMessage,
): Promise<CommandBatchResult> {
  const header = headers[ATTEMPT_HEADER]
  const attempt = typeof header === 'string' ? parseAttempt(header) : undefined
  const settled = await Promise.all(
    batch.commands.map((command) => submit(roomLog, command, attempt)),
  )
  const asked = new Set(batch.commands.map((command) => (command as { roomId?: string })?.roomId))
  const news = new Set<RoomNews>()
  for (const one of settled) {
    for (const item of one.news) if (asked.has(item.roomId)) news.add(item)
  }
  return {
    results: settled.map(({ outcome }) => toCommandResult(outcome)),
    news: [...news],
    servedBy: THIS_PROCESS,
  }
}

async function findUsers(
  { ensureHostUsers, pool, accessTokenTtlS }: InternalPorts,
  users: readonly UserAsk[],
): Promise<UserStates> {
  const fromHost = users.filter(({ host }) => host !== undefined)
  const refused = fromHost.length > 0 ? await ensureHostUsers(fromHost) : new Set<string>()
  const admitted = users.map(({ id }) => id).filter((id) => !refused.has(id))
  const states = await readUserStates(pool, admitted, accessTokenTtlS)
  return { ...states, refused: [...refused] }
}

const FailPoint = z.strictObject({ point: z.string(), times: z.int().nonnegative() })

/** What gateways ask the API, by path. */
export function createInternalAnswers(ports: InternalPorts): InternalAnswers {
  const { pool, roomLog, failPoints } = ports
  const answers = new Map<string, Answering>()
  const add = <Input>(path: string, answering: Answering<Input>): void => {
    answers.set(path, answering as Answering)
  }
  add(INTERNAL_PATHS.commands, {
    schema: CommandBatch,
    run: async (batch, request) => {
      await untilAllAreHere(request)
      return runCommands(roomLog, batch, request)
    },
    // With `lose-news` nobody else has heard by then.
    answered: failPoints.enabled ? () => failPoints.dieAt('after-ack') : undefined,
  })
  add(INTERNAL_PATHS.users, {
    schema: UserStatesRequest,
    run: ({ users }) => findUsers(ports, users),
  })
  add(INTERNAL_PATHS.reconcile, {
    schema: ReconcileRequest,
    run: (known) => reconcile(pool, known),
  })
  add(INTERNAL_PATHS.events, {
    schema: EventRangesRequest,
    run: (ranges) => readEventRanges(pool, ranges),
  })
  for (const [path, answering] of presenceAnswers(ports.presence)) add(path, answering)
  if (failPoints.enabled) {
    add('/internal/fail-points', {
      schema: FailPoint,
      run: async ({ point, times }) => {
        failPoints.arm(point, times)
        return { armed: point }
      },
    })
  }
  return answers
}
