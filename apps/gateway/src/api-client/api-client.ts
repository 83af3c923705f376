import { randomUUID } from 'node:crypto'
import {
  ATTEMPT_HEADER,
  CommandBatchResult,
  EventRanges,
  formatAttempt,
  GATHERED_HEADER,
  INTERNAL_PATHS,
  PARTITION_HEADER,
  PRESENCE_PATHS,
  ReconcileResult,
  UserStates,
  type AudienceRequest,
  type AudienceResult,
  type EventRangesRequest,
  type GatewayCommand,
  type ReconcileRequest,
  type SeenBatch,
  type StatusChange,
  type UserAsk,
} from '@parley/message-schema'
import { Pool } from 'undici'
import { ask } from './ask.ts'

/** The API did not answer, or not in its words: what was asked may or may not have been done. */
class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable'
}

/** What the API should know of a batch beside its commands. */
export interface BatchMarks {
  /** Other gateways send what they have of these rooms at the same moment. */
  readonly isGathered: boolean
  /** It was sent before, and may yet arrive. */
  readonly isRetry: boolean
}

export interface ApiClient {
  readonly sendCommands: (
    partition: number,
    commands: readonly GatewayCommand[],
    marks: BatchMarks,
    traceparent?: string,
  ) => Promise<CommandBatchResult>
  readonly fetchUserStates: (users: readonly UserAsk[]) => Promise<UserStates>
  readonly reconcile: (known: ReconcileRequest) => Promise<ReconcileResult>
  readonly fetchEvents: (ranges: EventRangesRequest) => Promise<EventRanges>
  readonly findWatchable: (request: AudienceRequest) => Promise<AudienceResult>
  readonly chooseStatus: (change: StatusChange) => Promise<void>
  readonly noteSeen: (batch: SeenBatch) => Promise<void>
  readonly close: () => Promise<void>
}

const ANSWER_WITHIN_MS = 8_000
/** Asked every few seconds anyway: waiting for an answer that hangs would put off what repairs (C5). */
const RECONCILE_WITHIN_MS = 3_000
const CONNECTIONS = 64

/** Kept-alive connections to the API, or to the balancer before it. */
export function createApiClient(apiUrl: string, internalToken: string): ApiClient {
  const pool = new Pool(apiUrl, {
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    connect: { timeout: 2_000 },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
  })
  const authorization = `Bearer ${internalToken}`
  const gatewayId = randomUUID()
  let number = 0

  async function post(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<unknown> {
    try {
      const { status, text } = await ask(pool, {
        method: 'POST',
        path,
        headers: { authorization, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        headersTimeout: withinMs,
        bodyTimeout: withinMs,
      })
      if (status !== 200) throw new Error(`answered ${status}`)
      return JSON.parse(text)
    } catch (cause) {
      throw new ApiUnreachable(`POST ${path} failed`, { cause })
    }
  }

  // The shapes are those of the schemas; the cluster's own answers are not parsed again, event by
  // event, on every gateway.
  return {
    sendCommands: async (partition, commands, { isGathered, isRetry }, traceparent) => {
      number += 1
      return (await post(
        INTERNAL_PATHS.commands,
        { commands },
        {
          [PARTITION_HEADER]: String(partition),
          [ATTEMPT_HEADER]: formatAttempt({ gatewayId, number, isRetry }),
          ...(isGathered && { [GATHERED_HEADER]: '1' }),
          ...(traceparent !== undefined && { traceparent }),
        },
      )) as CommandBatchResult
    },
    fetchUserStates: async (users) => (await post(INTERNAL_PATHS.users, { users })) as UserStates,
    reconcile: async (known) =>
      (await post(INTERNAL_PATHS.reconcile, known, {}, RECONCILE_WITHIN_MS)) as ReconcileResult,
    fetchEvents: async (ranges) => (await post(INTERNAL_PATHS.events, ranges)) as EventRanges,
    findWatchable: async (request) =>
      (await post(PRESENCE_PATHS.audience, request)) as AudienceResult,
    chooseStatus: async (change) => {
      await post(PRESENCE_PATHS.status, change)
    },
    noteSeen: async (batch) => {
      await post(PRESENCE_PATHS.seen, batch)
    },
    close: () => pool.close(),
  }
}
