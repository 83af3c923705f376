import { ChatError } from '../chat-error.ts'

export interface RouteValues {
  readonly params?: Readonly<Record<string, unknown>> | undefined
  readonly query?: Readonly<Record<string, unknown>> | undefined
}

const toText = (value: unknown): string => [value].flat().join(',')

/** Whatever cannot be a part of a path: an address would be read as that of another route. */
const isPathPart = (value: string): boolean => !/^\.{0,2}$/u.test(value)

function param(name: string, values: RouteValues['params']): string {
  const value = toText(values?.[name] ?? '')
  if (isPathPart(value)) return encodeURIComponent(value)
  throw new ChatError({
    code: 'INVALID',
    message: `${name}: cannot be part of an address`,
    details: [{ path: name, problem: 'cannot be part of an address' }],
  })
}

/** `GET /v1/rooms/:id` with its values: method, and path with query. Lists are joined by commas. */
export function fillRoute(
  route: string,
  { params, query = {} }: RouteValues,
): { readonly method: string; readonly path: string } {
  const [method = '', template = ''] = route.split(' ')
  const path = template.replaceAll(/:(\w+)/gu, (_whole, name: string) => param(name, params))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, toText(value))
  }
  const asked = search.toString()
  return { method, path: asked === '' ? path : `${path}?${asked}` }
}
