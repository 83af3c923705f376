import type { Route } from './call-route.ts'

const CHANGES: ReadonlySet<Route> = new Set<Route>([
  'POST /v1/rooms',
  'POST /v1/dms',
  'DELETE /v1/rooms/:id',
  'PUT /v1/rooms/:id/members/:userId',
  'DELETE /v1/rooms/:id/members/:userId',
  'POST /v1/invites/:code/accept',
  'POST /v1/me/invites/:id/accept',
])

/** I may be in other rooms after it than before. */
export const changesMyRooms = (route: Route): boolean => CHANGES.has(route)
