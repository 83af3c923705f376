import { authRoutes } from './auth-routes.ts'
import { fileRoutes } from './file-routes.ts'
import { inviteRoutes } from './invite-routes.ts'
import { logRoutes } from './log-routes.ts'
import { meRoutes } from './me-routes.ts'
import { moderationRoutes } from './moderation-routes.ts'
import { notificationRoutes } from './notification-routes.ts'
import { pusherRoutes } from './pusher-routes.ts'
import { reactionRoutes } from './reaction-routes.ts'
import { roleRoutes } from './role-routes.ts'
import { roomRoutes } from './room-routes.ts'
import { searchRoutes } from './search-routes.ts'
import { serverRoutes } from './server-routes.ts'
import { streamRoutes } from './stream-routes.ts'
import { transferRoutes } from './transfer-routes.ts'
import { webhookRoutes } from './webhook-routes.ts'

/** The whole REST surface. */
export const ROUTES = {
  ...authRoutes,
  ...meRoutes,
  ...roomRoutes,
  ...roleRoutes,
  ...inviteRoutes,
  ...moderationRoutes,
  ...logRoutes,
  ...streamRoutes,
  ...reactionRoutes,
  ...fileRoutes,
  ...searchRoutes,
  ...transferRoutes,
  ...notificationRoutes,
  ...serverRoutes,
  ...webhookRoutes,
  ...pusherRoutes,
} as const
export type RouteName = keyof typeof ROUTES
