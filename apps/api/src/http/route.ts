import {
  invalid,
  invalidFrom,
  LIMITS,
  ParleyError,
  type RouteBody,
  type RouteParams,
  type RouteQuery,
  type RouteResponse,
  type RouteSpec,
} from '@parley/message-schema'
import type { Request, RequestHandler, Response, Router } from 'express'
import onHeaders from 'on-headers'
import type { z } from 'zod'
import type { Caller, KeyIdentity } from '../auth/caller.ts'
import type { AnswerOnce } from './answer-once.ts'
import type { Authenticate } from './authenticate.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import type { Leave, WorkPlaces } from './work-places.ts'

type IdentityOf<Spec extends RouteSpec> = Spec['auth'] extends 'user'
  ? Caller
  : Spec['auth'] extends 'key'
    ? KeyIdentity
    : undefined

export interface Call<Spec extends RouteSpec> {
  readonly params: RouteParams<Spec>
  readonly query: RouteQuery<Spec>
  readonly body: RouteBody<Spec>
  readonly identity: IdentityOf<Spec>
  readonly request: Request
  readonly response: Response
}

export type RouteHandler<Spec extends RouteSpec> = (
  call: Call<Spec>,
) => Promise<RouteResponse<Spec>>

/** A route of the schema package with what answers it: all that the HTTP edge has to know. */
export interface BoundRoute {
  readonly spec: RouteSpec
  readonly handler: RouteHandler<RouteSpec>
}

/** What every route meets before and after its handler. */
export interface RouteEdge {
  readonly workPlaces: WorkPlaces
  readonly authenticate: Authenticate
  readonly answerOnce: AnswerOnce
  /** Reads a JSON body of at most so many bytes into `request.body`. */
  readonly bodyReader: (bytes: number) => RequestHandler
  /** After a backend changed something as a user, or an operator did. Never rejects. */
  readonly noteActing: (
    caller: Caller | KeyIdentity,
    spec: RouteSpec,
    request: Request,
  ) => Promise<void>
}

/** Pairs a spec with its handler; the handler's types come from the spec. */
export function route<Spec extends RouteSpec>(spec: Spec, handler: RouteHandler<Spec>): BoundRoute {
  return { spec, handler }
}

function parse(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalidFrom(parsed.error)
  return parsed.data
}

/** A body that is not declared must not be sent: it would be lost without a word. */
function refuseUndeclaredBody(spec: RouteSpec, body: unknown): void {
  const isEmpty =
    body === undefined ||
    (typeof body === 'object' && body !== null && Object.keys(body).length === 0)
  if (spec.body === undefined && !isEmpty) {
    throw invalid('', 'This route takes no body.')
  }
}

/** A body that was sent, but not read: it did not say that it is JSON. */
function refuseUnreadBody(spec: RouteSpec, { body, headers }: Request): void {
  if (spec.body === undefined || body !== undefined) return
  const isSent = headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0
  if (isSent) {
    throw new ParleyError('INVALID', {
      message: 'Send the body as Content-Type: application/json.',
      details: [{ path: 'Content-Type', problem: 'must be application/json' }],
    })
  }
  if (!spec.body.safeParse(undefined).success) throw invalid('body', 'is required')
}

const readWith = (reader: RequestHandler, request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    void reader(request, response, (error?: unknown) => {
      if (error === undefined) resolve()
      else reject(error)
    })
  })

const principalOf = (identity: Caller | KeyIdentity): string => {
  if ('keyId' in identity)
    return `${identity.isOperator === true ? 'user' : 'key'}:${identity.keyId}`
  return `user:${identity.userId}`
}

/** Where the log itself knows a repeat, its answer is better than one that was written down. */
function onceKeyOf(
  spec: RouteSpec,
  identity: Caller | KeyIdentity | undefined,
  request: Request,
): { readonly principal: string; readonly key: string } | undefined {
  if (identity === undefined || spec.method !== 'post' || spec.idempotencyKey === true) {
    return undefined
  }
  const key = idempotencyKeyOf(request)
  return key === undefined ? undefined : { principal: principalOf(identity), key }
}

function send(spec: RouteSpec, response: Response, answer: unknown): void {
  if (response.headersSent || response.destroyed) return
  response.status(spec.status)
  if (spec.status === 204) response.end()
  else response.json(answer)
}

const stayOut: Leave = () => undefined

/** Long polling: for as long as it says it waits, rather than works. */
const isPatient = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && 'waitMs' in given && Number(given.waitMs) > 0

/**
 * Signing in has a queue of its own and a link opens little, bodies that a handler reads come as slowly as they
 * come, and an operator has to get in when nobody else does.
 */
function takePlace(spec: RouteSpec, places: WorkPlaces, call: Call<RouteSpec>): Leave {
  const identity = call.identity as Caller | KeyIdentity | undefined
  const isOperator = identity !== undefined && 'keyId' in identity && identity.isOperator === true
  const isElsewhere = identity === undefined || spec.consumes !== undefined || isOperator
  if (isElsewhere || isPatient(call.query) || isPatient(call.body)) return stayOut
  const leave = places.take()
  // What follows goes as fast as it is read.
  onHeaders(call.response, leave)
  return leave
}

async function authenticate(
  spec: RouteSpec,
  edge: RouteEdge,
  request: Request,
  response: Response,
): Promise<Caller | KeyIdentity | undefined> {
  const isOpen = spec.auth === 'none' || spec.operators === true
  const leave = isOpen ? stayOut : edge.workPlaces.take()
  try {
    return await edge.authenticate(spec, request, response)
  } finally {
    leave()
  }
}

function toRequestHandler({ spec, handler }: BoundRoute, edge: RouteEdge): RequestHandler {
  const readBody = edge.bodyReader(spec.bodyBytes ?? LIMITS.bodyBytes)
  return async (request, response) => {
    if (spec.answersSecret === true) response.setHeader('Cache-Control', 'no-store')
    const identity = await authenticate(spec, edge, request, response)
    if (spec.consumes === undefined) await readWith(readBody, request, response)
    refuseUndeclaredBody(spec, request.body)
    refuseUnreadBody(spec, request)
    const call = {
      params: parse(spec.params, request.params) as never,
      query: parse(spec.query, request.query) as never,
      body: parse(spec.body, request.body),
      identity: identity as never,
      request,
      response,
    }
    const handle = async (): Promise<unknown> => {
      const answer: unknown = await handler(call)
      if (identity !== undefined && spec.method !== 'get') {
        await edge.noteActing(identity, spec, request)
      }
      return answer
    }
    const once = onceKeyOf(spec, identity, request)
    const leave = takePlace(spec, edge.workPlaces, call)
    try {
      if (once === undefined) send(spec, response, await handle())
      else await edge.answerOnce({ spec, request, response, ...once }, handle)
    } finally {
      leave()
    }
  }
}

/** A path that is known by other methods names them, though it answers as one that is not there. */
function mountOtherMethods(router: Router, routes: readonly BoundRoute[]): void {
  const methodsOf = new Map<string, string[]>()
  for (const { spec } of routes) {
    const methods = methodsOf.get(spec.path) ?? []
    methods.push(spec.method.toUpperCase(), ...(spec.method === 'get' ? ['HEAD'] : []))
    methodsOf.set(spec.path, methods)
  }
  for (const [path, methods] of methodsOf) {
    router.all(path, (_request, response) => {
      const list = methods.toSorted().join(', ')
      response.setHeader('Allow', list)
      throw new ParleyError('NOT_FOUND', { message: `This path takes ${list}.` })
    })
  }
}

/** Express binds paths in this order: the first that fits answers. */
export function mountRoutes(router: Router, routes: readonly BoundRoute[], edge: RouteEdge): void {
  for (const bound of routes) {
    router[bound.spec.method](bound.spec.path, toRequestHandler(bound, edge))
  }
  mountOtherMethods(router, routes)
}
