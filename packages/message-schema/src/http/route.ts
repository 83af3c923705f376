import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

/** What an API key may do. The table is closed; a key has those that it was made with. */
export const KEY_SCOPES = {
  'messages:write':
    'Send messages as any user, as a bot or as the system; write, react, pin and upload as a user, by Parley-Act-As.',
  'users:read': 'Read and export users; read what is theirs as a user, by Parley-Act-As.',
  'users:write':
    'Create, change, sign out and erase users; change what is theirs as a user, by Parley-Act-As.',
  'rooms:read':
    'Export any room; read and search rooms, members, messages and files as a user, by Parley-Act-As.',
  'rooms:write':
    'Import messages; keep roles; create, change and delete rooms and their members as a user, by Parley-Act-As.',
  'moderation:write':
    'Mute, ban and kick anywhere; settle reports; keep the word list; moderate as a user, by Parley-Act-As.',
  'types:write': 'Register types of messages.',
  'webhooks:write': 'Keep webhooks, see and replay their deliveries.',
  'audit:read': 'Read the audit log.',
  'admin:read': 'See how the cluster, its rooms and its work are; explain what is unread.',
  'admin:write': 'Try failed jobs again.',
  'keys:write': 'Make, rotate and revoke API keys.',
} as const
export type KeyScope = keyof typeof KEY_SCOPES
export const KEY_SCOPE_NAMES = Object.keys(KEY_SCOPES) as [KeyScope, ...KeyScope[]]

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** One REST route: what it takes, what it answers, who may call it. OpenAPI is made of these. */
export interface RouteSpec {
  readonly method: HttpMethod
  /** With `:name` for parameters, from the root. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  /**
   * `user`: a bearer access token, of ours or of the host application. `key`: an API key with the
   * route's `scope`. `link`: what the address says is secret enough, for whoever has it.
   */
  readonly auth: 'none' | 'user' | 'key' | 'link'
  readonly scope?: KeyScope
  /** Of a route for keys: the access token of an operator is as good as a key with the scope. */
  readonly operators?: true
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** The most that a JSON body may have, where it is not `LIMITS.bodyBytes`. */
  readonly bodyBytes?: number
  /**
   * It heeds an `Idempotency-Key` header itself, in the log. Every other POST with a caller heeds it
   * too: its answer is kept and given again.
   */
  readonly idempotencyKey?: true
  /**
   * Doing it again does no more than doing it once. Its answer is of now and for whoever may have it
   * now: a repeat is known by its key, is answered anew, and nothing of the answer is kept.
   */
  readonly repeatable?: true
  /** What it answers holds a secret: it is stored nowhere, not even to answer a repeat. */
  readonly answersSecret?: true
  /** It costs much more than others: it has a limit of its own. */
  readonly costly?: true
  readonly status: 200 | 201 | 202 | 204
  /** It answers bytes or lines of its own type instead of JSON. */
  readonly produces?: string
  /** It takes bytes or lines of this type instead of JSON, and reads them itself. */
  readonly consumes?: string
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
