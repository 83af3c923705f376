import { adminRoutes } from './admin-routes.ts'
import { apiKeyRoutes } from './api-key-routes.ts'
import type { RouteSpec } from './route.ts'
import { serverMessageRoutes } from './server-message-routes.ts'
import { serverUserRoutes } from './server-user-routes.ts'

/** What backends call with an API key. */
export const serverRoutes = {
  ...serverMessageRoutes,
  ...serverUserRoutes,
  ...apiKeyRoutes,
  ...adminRoutes,
} as const satisfies Record<string, RouteSpec>
