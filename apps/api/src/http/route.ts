import {
  invalidFrom,
  ParleyError,
  type RouteBody,
  type RouteParams,
  type RouteQuery,
  type RouteResponse,
  type RouteSpec,
} from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'
import type { Request, RequestHandler, Response, Router } from 'express'
import type { z } from 'zod'
import type { Authenticate } from './authenticate.ts'

export interface Call<Spec extends RouteSpec> {
  readonly params: RouteParams<Spec>
  readonly query: RouteQuery<Spec>
  readonly body: RouteBody<Spec>
  readonly identity: Spec['auth'] extends 'user' ? Identity : undefined
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

/** Pairs a spec with its handler; the handler's types come from the spec. */
export function route<Spec extends RouteSpec>(spec: Spec, handler: RouteHandler<Spec>): BoundRoute {
  return { spec, handler: handler }
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
    throw new ParleyError('INVALID', { message: 'This route takes no body.' })
  }
}

function toRequestHandler(
  { spec, handler }: BoundRoute,
  authenticate: Authenticate,
): RequestHandler {
  return async (request, response) => {
    const identity = spec.auth === 'user' ? await authenticate(request, response) : undefined
    refuseUndeclaredBody(spec, request.body)
    const answer = await handler({
      params: parse(spec.params, request.params) as never,
      query: parse(spec.query, request.query) as never,
      body: parse(spec.body, request.body),
      identity: identity as never,
      request,
      response,
    })
    if (response.headersSent || response.destroyed) return
    response.status(spec.status)
    if (spec.status === 204) response.end()
    else response.json(answer)
  }
}

/** Express binds paths in this order: the first that fits answers. */
export function mountRoutes(
  router: Router,
  routes: readonly BoundRoute[],
  authenticate: Authenticate,
): void {
  for (const bound of routes) {
    router[bound.spec.method](bound.spec.path, toRequestHandler(bound, authenticate))
  }
}
