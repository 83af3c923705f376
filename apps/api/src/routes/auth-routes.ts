import { ROUTES } from '@parley/message-schema'
import type { CreateGuest } from '../auth/create-guest.ts'
import type { Logout } from '../auth/end-session.ts'
import type { Login } from '../auth/login.ts'
import type { RefreshSession } from '../auth/refresh-session.ts'
import type { Register } from '../auth/register.ts'
import { route, type BoundRoute } from '../http/route.ts'

export interface AuthOperations {
  readonly register: Register
  readonly login: Login
  readonly refreshSession: RefreshSession
  readonly createGuest: CreateGuest
  readonly logout: Logout
}

export const createAuthRoutes = (operations: AuthOperations): BoundRoute[] => [
  route(ROUTES.register, ({ body }) => operations.register(body)),
  route(ROUTES.login, ({ body }) => operations.login(body)),
  route(ROUTES.refresh, ({ body }) => operations.refreshSession(body.refreshToken)),
  route(ROUTES.guest, ({ body }) => operations.createGuest(body.displayName)),
  route(ROUTES.logout, async ({ identity }) => {
    await operations.logout(identity)
    return undefined
  }),
]
