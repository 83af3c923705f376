import { ParleyError, ROUTES, WHOLE_LIST } from '@parley/message-schema'
import { route, type BoundRoute } from '../http/route.ts'
import type { DeviceOperations } from '../notifications/devices.ts'
import type { NotificationSettingsOperations } from '../notifications/settings.ts'

export interface NotificationOperations {
  readonly settings: NotificationSettingsOperations
  readonly devices: DeviceOperations
  readonly vapidPublicKey: string | undefined
}

export function createNotificationRoutes(operations: NotificationOperations): BoundRoute[] {
  const { settings, devices, vapidPublicKey } = operations
  return [
    route(ROUTES.getRoomNotifications, async ({ identity, params }) => ({
      notifications: await settings.getRoom(identity.userId, params.id),
    })),
    route(ROUTES.putRoomNotifications, async ({ identity, params, body }) => ({
      notifications: await settings.putRoom(identity.userId, params.id, body),
    })),
    route(ROUTES.getMyNotifications, async ({ identity }) => ({
      notifications: await settings.getMine(identity.userId),
    })),
    route(ROUTES.putMyNotifications, async ({ identity, body }) => ({
      notifications: await settings.putMine(identity.userId, body),
    })),
    route(ROUTES.listDevices, async ({ identity }) => ({
      data: await devices.list(identity.userId),
      page: WHOLE_LIST,
    })),
    route(ROUTES.createDevice, async ({ identity, body }) => ({
      device: await devices.create(identity.userId, identity.sessionId, body),
    })),
    route(ROUTES.deleteDevice, async ({ identity, params }) => {
      await devices.remove(identity.userId, params.id)
      return undefined
    }),
    route(ROUTES.getVapidKey, async () => {
      if (vapidPublicKey !== undefined) return { publicKey: vapidPublicKey }
      throw new ParleyError('NOT_FOUND', { message: 'This server does not push to browsers.' })
    }),
  ]
}
