import { ChatError } from '../chat-error.ts'

export interface RouteValues {
  readonly params?: Readonly<Record<string, unknown>> | undefined
  readonly query?: Readonly<Record<string, unknown>> | undefined
}

const toText = (value: unknown): string => [value].flat().join(',')

/** An empty part, or dots: an address would be read as that of another route. */
function param(name: string, values: RouteValues['params']): string {
  const value = toText(values?.[name] ?? '')
  if (!/^\.{0,2}$/u.test(value)) return encodeURIComponent(value)
  const problem = 'cannot be part of an address'
  throw new ChatError({
    code: 'INVALID',
    message: `${name}: ${problem}`,
    details: [{ path: name, problem }],
  })
}

/** `GET /v1/rooms/:id` with its values: method, and path with query. Lists are joined by commas. */
export function fillRoute(
  route: string,
  { params, query = {} }: RouteValues,
): { readonly method: string; readonly path: string } {
  const [method = '', template = ''] = route.split(' ')
  const path = template.replaceAll(/:(\w+)/gu, (_whole, name: string) => param(name, params))
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) asked.set(name, toText(value))
  }
  const text = asked.toString()
  return { method, path: text === '' ? path : `${path}?${text}` }
}
