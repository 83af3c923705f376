import { createBlockStore } from '../db/users/block-store.ts'
import { createDeviceStore } from '../db/notifications/device-store.ts'
import { createEmailStore } from '../db/users/email-store.ts'
import { createFileStore } from '../db/files/file-store.ts'
import { createMemberStore } from '../db/rooms/member-store.ts'
import { createNotificationSettingsStore } from '../db/notifications/notification-settings-store.ts'
import { createHoldFiles, createScheduledStore } from '../db/notifications/scheduled-store.ts'
import { createFindAttachments } from '../files/find-attachments.ts'
import type { BoundRoute } from '../http/route.ts'
import { createMyEmail } from '../mail/my-email.ts'
import { createDevices } from '../notifications/devices.ts'
import { createNotificationSettings } from '../notifications/settings.ts'
import { requireActive, requireStanding } from '../rooms/require-standing.ts'
import { createSendEphemeral } from '../rooms/send-ephemeral.ts'
import { createScheduledMessages } from '../scheduled/scheduled-messages.ts'
import type { RoutePorts } from './create-routes.ts'
import { createEmailRoutes } from './email-routes.ts'
import { createEphemeralRoutes } from './ephemeral-routes.ts'
import { createNotificationRoutes } from './notification-routes.ts'
import { createScheduledRoutes } from './scheduled-routes.ts'

const now = (): Date => new Date()

/** Who is told of what, on which devices and by mail; what is sent later, and to one person only. */
export function wireNotificationRoutes(
  ports: Pick<RoutePorts, 'config' | 'logPool' | 'tellUser' | 'preparation'>,
): BoundRoute[] {
  const { config, logPool, tellUser, preparation } = ports
  const { vapidPublicKey, deviceKinds, isMailOn } = config.notifications
  const members = createMemberStore(logPool)
  const requireMember = async (userId: string, roomId: string): Promise<void> => {
    requireActive(await requireStanding(members, roomId, userId))
  }
  return [
    ...createNotificationRoutes({
      settings: createNotificationSettings({
        store: createNotificationSettingsStore(logPool),
        requireMember,
      }),
      devices: createDevices({
        store: createDeviceStore(logPool),
        kinds: deviceKinds,
        allowedHosts: config.pushAllowedHosts,
        now,
      }),
      vapidPublicKey,
    }),
    ...createEmailRoutes(createMyEmail({ store: createEmailStore(logPool), isMailOn, now })),
    ...createScheduledRoutes(
      createScheduledMessages({
        store: createScheduledStore(logPool),
        requireMember,
        requireFiles: createFindAttachments(createFileStore(logPool)),
        holdFiles: createHoldFiles(logPool),
        now,
      }),
    ),
    ...createEphemeralRoutes(
      createSendEphemeral({
        members,
        blocks: createBlockStore(logPool),
        heedWords: preparation.heedWords,
        tellUser,
        now,
      }),
    ),
  ]
}
