import { DEFAULT_PRIVACY, ROUTES } from '@parley/message-schema'
import { route, type BoundRoute } from '../http/route.ts'
import type { PresenceOfUsers } from '../presence/create-presence.ts'

type Ports = Pick<
  PresenceOfUsers,
  'prefs' | 'notifyUsers' | 'announceAudience' | 'readStatus' | 'chooseStatus'
>

export const createMePrefsRoutes = (ports: Ports): BoundRoute[] => [
  route(ROUTES.getPrefs, async ({ identity: { userId } }) => {
    const privacy = (await ports.prefs.privacyOf([userId])).get(userId) ?? DEFAULT_PRIVACY
    return { prefs: { privacy } }
  }),
  route(ROUTES.putPrefs, async ({ identity: { userId }, body }) => {
    const prefs = await ports.prefs.change(userId, body)
    ports.notifyUsers([userId])
    ports.announceAudience(userId)
    return { prefs }
  }),
  route(ROUTES.getMyPresence, async ({ identity: { userId } }) => ({
    presence: await ports.readStatus(userId),
  })),
  route(ROUTES.putMyPresence, async ({ identity: { userId }, body }) => ({
    presence: await ports.chooseStatus({ userId, ...body }),
  })),
]
