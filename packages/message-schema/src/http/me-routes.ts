import { z } from 'zod'
import { PrefsChange, Prefs } from '../prefs.ts'
import { MyPresence, MyPresenceChange, Presence } from '../presence.ts'
import { accountRoutes } from './account-routes.ts'
import type { RouteSpec } from './route.ts'

export const meRoutes = {
  ...accountRoutes,
  getPrefs: {
    method: 'get',
    path: '/v1/me/prefs',
    summary: 'My preferences.',
    tag: 'users',
    auth: 'user',
    status: 200,
    response: z.object({ prefs: Prefs }),
  },
  putPrefs: {
    method: 'put',
    path: '/v1/me/prefs',
    summary: 'Change my preferences; what is not named stays as it is.',
    tag: 'users',
    auth: 'user',
    body: PrefsChange,
    status: 200,
    response: z.object({ prefs: Prefs }),
  },
  getMyPresence: {
    method: 'get',
    path: '/v1/me/presence',
    summary: 'The status that I chose, on whatever device.',
    tag: 'users',
    auth: 'user',
    status: 200,
    response: z.object({ presence: MyPresence }),
  },
  putMyPresence: {
    method: 'put',
    path: '/v1/me/presence',
    summary: 'Choose a status; what is not named stays as it is.',
    tag: 'users',
    auth: 'user',
    body: MyPresenceChange,
    status: 200,
    response: z.object({ presence: MyPresence }),
  },
  listPresence: {
    method: 'get',
    path: '/v1/presence',
    summary: 'How people are now, as `presence:subscribe` says it, for who polls.',
    tag: 'users',
    auth: 'user',
    query: z.strictObject({ ids: z.string().min(1) }),
    status: 200,
    response: Presence,
    errors: ['SERVER_BUSY'],
  },
} as const satisfies Record<string, RouteSpec>
