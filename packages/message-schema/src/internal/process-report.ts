import { z } from 'zod'
import { ProcessStatus } from '../cluster.ts'
import { RoomId } from '../ids.ts'

/** Where servers say in Redis how they are: one small hash each, gone with its lease. */
export const PROCESS_REPORTS = 'parley:processes'

/** How far back messages are counted room by room. */
export const HOT_ROOMS_WINDOW_S = 300
/** Named in one report. */
export const HOT_ROOMS = 50

export const ProcessReport = ProcessStatus.extend({
  hotRooms: z.array(z.object({ roomId: RoomId, messages: z.int().nonnegative() })).max(HOT_ROOMS),
})
export type ProcessReport = z.infer<typeof ProcessReport>
