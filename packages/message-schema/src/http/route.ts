import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** One REST route: what it takes, what it answers, who may call it. OpenAPI is made of these. */
export interface RouteSpec {
  readonly method: HttpMethod
  /** With `:name` for parameters, from the root. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** `user`: a bearer access token, of ours or of the host application. */
  readonly auth: 'none' | 'user'
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** It heeds an `Idempotency-Key` header. */
  readonly idempotencyKey?: true
  readonly status: 200 | 201 | 204
  readonly response?: z.ZodType
  /** Beside those that every route, or every route with a token or a body, may answer. */
  readonly errors?: readonly ErrorCode[]
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

export type RouteParams<Spec extends RouteSpec> = Parsed<Spec['params']>
export type RouteQuery<Spec extends RouteSpec> = Parsed<Spec['query']>
export type RouteBody<Spec extends RouteSpec> = Parsed<Spec['body']>
export type RouteResponse<Spec extends RouteSpec> = Spec['response'] extends z.ZodType
  ? z.input<Spec['response']>
  : undefined
