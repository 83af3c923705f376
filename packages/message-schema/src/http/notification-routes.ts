import { z } from 'zod'
import { RoomId, Uuid } from '../ids.ts'
import {
  Device,
  DeviceDraft,
  EmailAddress,
  MyEmail,
  MyNotifications,
  MyNotificationsChange,
  RoomNotifications,
  RoomNotificationsChange,
} from '../notification.ts'
import { ephemeralRoutes } from './ephemeral-routes.ts'
import { page } from './page.ts'
import type { RouteSpec } from './route.ts'
import { scheduledRoutes } from './scheduled-routes.ts'

const roomParams = z.object({ id: RoomId })
/** People follow these links: one that is cut short is told on a page, not refused as a request. */
const tokenQuery = z.object({ token: z.string().catch('').default('') })
const HTML = 'text/html; charset=utf-8'

const levelRoutes = {
  getRoomNotifications: {
    method: 'get',
    path: '/v1/rooms/:id/notifications',
    summary: 'Of what in this room I am told.',
    tag: 'notifications',
    auth: 'user',
    params: roomParams,
    status: 200,
    response: z.object({ notifications: RoomNotifications }),
    errors: ['NOT_FOUND', 'NOT_MEMBER'],
  },
  putRoomNotifications: {
    method: 'put',
    path: '/v1/rooms/:id/notifications',
    summary: 'Choose it; what is not named stays as it is. It outlasts leaving and coming back.',
    tag: 'notifications',
    auth: 'user',
    params: roomParams,
    body: RoomNotificationsChange,
    status: 200,
    response: z.object({ notifications: RoomNotifications }),
    errors: ['NOT_FOUND', 'NOT_MEMBER'],
  },
  getMyNotifications: {
    method: 'get',
    path: '/v1/me/notifications',
    summary: 'What I chose for all rooms.',
    tag: 'notifications',
    auth: 'user',
    status: 200,
    response: z.object({ notifications: MyNotifications }),
  },
  putMyNotifications: {
    method: 'put',
    path: '/v1/me/notifications',
    summary: 'Choose it; what is not named stays as it is.',
    tag: 'notifications',
    auth: 'user',
    body: MyNotificationsChange,
    status: 200,
    response: z.object({ notifications: MyNotifications }),
  },
} as const satisfies Record<string, RouteSpec>

const deviceRoutes = {
  listDevices: {
    method: 'get',
    path: '/v1/me/devices',
    summary: 'My devices that are pushed to, the latest first.',
    tag: 'notifications',
    auth: 'user',
    status: 200,
    response: page(Device),
  },
  createDevice: {
    method: 'post',
    path: '/v1/me/devices',
    summary: 'Have this device pushed to. Of more than 20 the oldest are forgotten.',
    tag: 'notifications',
    auth: 'user',
    body: DeviceDraft,
    status: 201,
    response: z.object({ device: Device }),
    errors: ['REJECTED'],
  },
  deleteDevice: {
    method: 'delete',
    path: '/v1/me/devices/:id',
    summary: 'Push no more to this device.',
    tag: 'notifications',
    auth: 'user',
    params: z.object({ id: Uuid }),
    status: 204,
    errors: ['NOT_FOUND'],
  },
  getVapidKey: {
    method: 'get',
    path: '/v1/push/vapid-key',
    summary: 'The `applicationServerKey` with which a browser subscribes.',
    tag: 'notifications',
    auth: 'none',
    status: 200,
    response: z.object({ publicKey: z.string() }),
    errors: ['NOT_FOUND'],
  },
} as const satisfies Record<string, RouteSpec>

const emailRoutes = {
  getMyEmail: {
    method: 'get',
    path: '/v1/me/email',
    summary: 'The address to which digests go.',
    tag: 'notifications',
    auth: 'user',
    status: 200,
    response: z.object({ email: MyEmail.nullable() }),
  },
  putMyEmail: {
    method: 'put',
    path: '/v1/me/email',
    summary: 'Have digests sent to this address, once it was confirmed by the link in a mail.',
    tag: 'notifications',
    auth: 'user',
    body: z.strictObject({ address: EmailAddress }),
    status: 200,
    response: z.object({ email: MyEmail }),
    errors: ['REJECTED', 'RATE_LIMITED'],
  },
  deleteMyEmail: {
    method: 'delete',
    path: '/v1/me/email',
    summary: 'Forget my address.',
    tag: 'notifications',
    auth: 'user',
    status: 204,
  },
  showConfirmEmail: {
    method: 'get',
    path: '/v1/email/confirm',
    summary: 'A page with a button, since programs follow links in mails too.',
    tag: 'notifications',
    auth: 'link',
    query: tokenQuery,
    status: 200,
    produces: HTML,
  },
  confirmEmail: {
    method: 'post',
    path: '/v1/email/confirm',
    summary: 'Confirm the address that the link was sent to.',
    tag: 'notifications',
    auth: 'link',
    query: tokenQuery,
    status: 200,
    produces: HTML,
    errors: ['NOT_FOUND'],
  },
  showUnsubscribe: {
    method: 'get',
    path: '/v1/email/unsubscribe',
    summary: 'A page with a button, since programs follow links in mails too.',
    tag: 'notifications',
    auth: 'link',
    query: tokenQuery,
    status: 200,
    produces: HTML,
  },
  unsubscribe: {
    method: 'post',
    path: '/v1/email/unsubscribe',
    summary: 'Send no more digests (RFC 8058: one click).',
    tag: 'notifications',
    auth: 'link',
    query: tokenQuery,
    status: 200,
    produces: HTML,
    errors: ['NOT_FOUND'],
  },
} as const satisfies Record<string, RouteSpec>

export const notificationRoutes = {
  ...levelRoutes,
  ...deviceRoutes,
  ...emailRoutes,
  ...scheduledRoutes,
  ...ephemeralRoutes,
} as const satisfies Record<string, RouteSpec>
