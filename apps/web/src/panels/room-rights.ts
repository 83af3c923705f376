import type { RoomInfo } from '@parley/client'

export type Permission = NonNullable<RoomInfo['me']>['permissions'][number]

/** Whether I may do something in a room. In an archived one nothing is changed but what ends it. */
export const mayIn = ({ me }: RoomInfo, permission: Permission): boolean =>
  me?.permissions.includes(permission) === true

/** The year 9999 stands for ever. */
const FOR_EVER = Date.parse('9000-01-01T00:00:00Z')

/** Without an end: `null`, or a time that nobody lives to see. */
export const isForEver = (until: string | null): boolean =>
  until === null || Date.parse(until) >= FOR_EVER
