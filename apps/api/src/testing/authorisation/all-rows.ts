import type { RouteName } from '@parley/message-schema'
import { fileRows } from './file-rows.ts'
import { meRows } from './me-rows.ts'
import { messageRows } from './message-rows.ts'
import { moderationRows } from './moderation-rows.ts'
import { roomRows } from './room-rows.ts'
import type { Row } from './row.ts'
import { serverRows } from './server-rows.ts'

/** A route without its row does not compile, nor does a row without its route. */
export const ROWS: Readonly<Record<RouteName, Row>> = {
  ...meRows,
  ...roomRows,
  ...messageRows,
  ...moderationRows,
  ...fileRows,
  ...serverRows,
} satisfies Record<RouteName, Row>
