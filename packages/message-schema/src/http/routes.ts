import { authRoutes } from './auth-routes.ts'
import { logRoutes } from './log-routes.ts'
import { roomRoutes } from './room-routes.ts'

/** The whole REST surface. */
export const ROUTES = { ...authRoutes, ...roomRoutes, ...logRoutes } as const
export type RouteName = keyof typeof ROUTES
