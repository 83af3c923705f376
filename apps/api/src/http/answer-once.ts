import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ERRORS, ParleyError, toProblemDocument, type RouteSpec } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { Request, Response } from 'express'
import {
  LEASE_S,
  type ClaimOutcome,
  type RequestClaims,
  type RequestKey,
} from '../db/server/request-claim-store.ts'
import { fromExpress } from './problem.ts'
import { requestIdOf } from './request-id.ts'

const REPLAYED_HEADER = 'Idempotency-Replayed'

/** An answer that is larger is not kept: a repeat is told only that the request was done. */
const KEPT_CHARACTERS = 256 * 1024
/** Whoever repeats a request that is under way waits so long for its answer. */
const WAIT_MS = 2_000
const LOOK_EVERY_MS = 100

export interface OnceCall {
  readonly spec: RouteSpec
  readonly request: Request
  readonly response: Response
  /** Who asks: keys of different callers are different keys. */
  readonly principal: string
  readonly key: string
}

/** Runs the handler at most once for each key, and answers a repeat what the first one was answered. */
export type AnswerOnce = (call: OnceCall, handle: () => Promise<unknown>) => Promise<void>

function fingerprintOf({ spec, request }: OnceCall): Buffer {
  const hash = createHash('sha256').update(`${request.method} ${request.originalUrl}\n`)
  // What is read as a stream was not read yet: its length has to do.
  const { 'content-length': length = '' } = request.headers
  hash.update(spec.consumes === undefined ? JSON.stringify(request.body ?? null) : length)
  return hash.digest()
}

const isFinal = (status: number): boolean => status < 500 && status !== 429

function sendKept({ response }: OnceCall, status: number, body: string | null): void {
  response.setHeader(REPLAYED_HEADER, 'true')
  if (body === null && status !== 204) {
    throw new ParleyError('CONFLICT', {
      message: `This request was done before (${status}). Its answer was not kept, as it held a secret or was too large.`,
      details: { status },
    })
  }
  response.status(status)
  if (body === null) response.end()
  else response.type(status < 400 ? 'application/json' : 'application/problem+json').send(body)
}

export function createAnswerOnce(claims: RequestClaims, logger: Logger): AnswerOnce {
  async function claimSoon(request: RequestKey): Promise<ClaimOutcome> {
    const until = Date.now() + WAIT_MS
    for (;;) {
      const outcome = await claims.claim(request)
      if (outcome.is !== 'under-way' || Date.now() >= until) return outcome
      await sleep(LOOK_EVERY_MS)
    }
  }

  /** What was done was done: that it could not be written down is no reason to say otherwise. */
  const settle = (writing: Promise<void>): Promise<void> =>
    writing.catch((error: unknown) => {
      logger.warn({ err: error }, 'could not keep an answer for repeats')
    })

  async function run(
    call: OnceCall,
    request: RequestKey,
    holder: Buffer,
    handle: () => Promise<unknown>,
  ): Promise<void> {
    const { spec, response } = call
    const renewing = setInterval(
      () => void settle(claims.renew(request, holder)),
      (LEASE_S * 1_000) / 3,
    )
    try {
      const answer = await handle()
      const body = spec.status === 204 || response.headersSent ? null : JSON.stringify(answer)
      const mayKeep = spec.answersSecret !== true && spec.repeatable !== true
      const isKept = mayKeep && body !== null && body.length <= KEPT_CHARACTERS
      await settle(claims.answer(request, holder, spec.status, isKept ? body : null))
      if (response.headersSent || response.destroyed) return
      response.status(spec.status)
      if (body === null) response.end()
      else response.type('application/json').send(body)
    } catch (thrown) {
      const error = fromExpress(thrown)
      const { status } = ERRORS[error.code]
      const document = JSON.stringify(toProblemDocument(error, requestIdOf(response)))
      await settle(
        isFinal(status)
          ? claims.answer(request, holder, status, document)
          : claims.free(request, holder),
      )
      throw thrown
    } finally {
      clearInterval(renewing)
    }
  }

  /** The same was asked before, and it is asked what holds now: rights may have gone, and texts too. */
  async function answerAnew({ spec, response }: OnceCall, handle: () => Promise<unknown>) {
    response.setHeader(REPLAYED_HEADER, 'true')
    const answer = await handle()
    if (response.headersSent || response.destroyed) return
    response.status(spec.status)
    if (spec.status === 204) response.end()
    else response.json(answer)
  }

  return async (call, handle) => {
    const { principal, key } = call
    const request = { principal, key, fingerprint: fingerprintOf(call) }
    const outcome = await claimSoon(request)
    switch (outcome.is) {
      case 'mine':
        return run(call, request, outcome.holder, handle)
      case 'answered':
        if (call.spec.repeatable === true) return answerAnew(call, handle)
        return sendKept(call, outcome.status, outcome.body)
      case 'another':
        throw new ParleyError('IDEMPOTENCY_MISMATCH', {
          message: 'This Idempotency-Key was used before for another request.',
        })
      case 'under-way':
        throw new ParleyError('CONFLICT', {
          message: 'The first request with this Idempotency-Key is under way.',
          retryAfterMs: Math.max(1_000, Math.min(outcome.leaseMs, 5_000)),
        })
    }
  }
}
