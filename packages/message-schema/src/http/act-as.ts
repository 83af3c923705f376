import type { KeyScope, RouteSpec } from './route.ts'

/** With an API key: the user as whom it calls a route that is made for users. */
export const ACT_AS_HEADER = 'Parley-Act-As'

/**
 * The scope that a key needs to call a user's routes as that user, by the tag of the route: for
 * reading, and for changing. Routes of other tags are for users alone.
 */
const ACT_AS_SCOPES: Readonly<Record<string, readonly [read: KeyScope, write: KeyScope]>> = {
  rooms: ['rooms:read', 'rooms:write'],
  members: ['rooms:read', 'rooms:write'],
  invites: ['rooms:read', 'rooms:write'],
  messages: ['rooms:read', 'messages:write'],
  reactions: ['rooms:read', 'messages:write'],
  pins: ['rooms:read', 'messages:write'],
  threads: ['rooms:read', 'messages:write'],
  files: ['rooms:read', 'messages:write'],
  log: ['rooms:read', 'rooms:read'],
  pusher: ['rooms:read', 'rooms:write'],
  search: ['rooms:read', 'rooms:read'],
  transfer: ['rooms:read', 'rooms:write'],
  moderation: ['moderation:write', 'moderation:write'],
  reports: ['moderation:write', 'moderation:write'],
  'message-types': ['types:write', 'types:write'],
  users: ['users:read', 'users:write'],
  me: ['users:read', 'users:write'],
  notifications: ['users:read', 'users:write'],
}

/** Reads that are asked for by a POST, since what they ask for is long. */
export const isRead = ({ method, tag }: RouteSpec): boolean => method === 'get' || tag === 'log'

/** `undefined` where no key may call. */
export function actAsScope(spec: RouteSpec): KeyScope | undefined {
  const scopes = spec.auth === 'user' ? ACT_AS_SCOPES[spec.tag] : undefined
  return scopes?.[isRead(spec) ? 0 : 1]
}
