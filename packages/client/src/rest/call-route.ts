import type { ROUTES, RouteBody, RouteResponse, RouteSpec } from '@parley/message-schema'

type Routes = typeof ROUTES
type RouteOf<Spec extends RouteSpec> = `${Uppercase<Spec['method']>} ${Spec['path']}`

/** `GET /v1/rooms/:id` and so on: all routes of docs/rest.md, with the types of the server. */
export type Route = { [Name in keyof Routes]: RouteOf<Routes[Name]> }[keyof Routes]

type SpecOf<R extends Route> = {
  [Name in keyof Routes]: RouteOf<Routes[Name]> extends R ? Routes[Name] : never
}[keyof Routes]

/** What a schema of zod takes, without a dependency on it. */
type Given<Schema> = Schema extends { readonly _zod: { readonly input: infer Input } }
  ? Input
  : never

type Part<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : Partial<Value> extends Value
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value }

type Field<Spec, Name extends string> = Spec extends Record<Name, infer Schema> ? Schema : never

/** `params` fill the `:names` of the path, `query` follows it, `body` is sent as JSON. */
export type RouteInput<R extends Route> = Part<'params', Given<Field<SpecOf<R>, 'params'>>> &
  Part<'query', Given<Field<SpecOf<R>, 'query'>>> &
  Part<'body', Given<Field<SpecOf<R>, 'body'>>> & {
    /** Makes the repetition of a POST harmless. Its own retries use one in any case. */
    readonly idempotencyKey?: string
    readonly signal?: AbortSignal
  }

export type RouteAnswer<R extends Route> = RouteResponse<SpecOf<R>>
export type RouteBodyOf<R extends Route> = RouteBody<SpecOf<R>>

/**
 * Calls a REST route as the signed-in person. Throws `ChatError`. A token that ended is renewed
 * once; reads and what is idempotent are tried again twice where the server asks for it.
 */
export type CallRoute = <R extends Route>(
  route: R,
  ...input: Partial<RouteInput<R>> extends RouteInput<R>
    ? [input?: RouteInput<R>]
    : [input: RouteInput<R>]
) => Promise<RouteAnswer<R>>
