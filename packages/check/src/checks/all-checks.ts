import { acksStand } from './acks-stand.ts'
import { answeredInTime } from './answered-in-time.ts'
import { askedFor } from './asked-for.ts'
import { catchUp } from './catch-up.ts'
import { cursorSetBack } from './cursor-set-back.ts'
import { deletedStaysDeleted } from './deleted-stays-deleted.ts'
import { denseLog } from './dense-log.ts'
import { finalReads } from './final-reads.ts'
import { membersStand } from './members-stand.ts'
import { messageLists } from './message-lists.ts'
import { membershipKept } from './membership-kept.ts'
import { partedInPlace } from './parted-in-place.ts'
import { presenceTrue } from './presence-true.ts'
import { processesLive } from './processes-live.ts'
import type { Question } from './question.ts'
import { reactionsStand } from './reactions-stand.ts'
import { readCursor } from './read-cursor.ts'
import { readerOrder } from './reader-order.ts'
import { refusedAbsent } from './refused-absent.ts'
import { resourcesReturn } from './resources-return.ts'
import { retriesAgree } from './retries-agree.ts'
import { sameEvents } from './same-events.ts'
import { sendOrder } from './send-order.ts'
import { signedOut } from './signed-out.ts'
import { storedOnce } from './stored-once.ts'
import { unreadCounts } from './unread-counts.ts'
import { toldOfReturn } from './told-of-return.ts'
import { versionsRise } from './versions-rise.ts'
import type { CheckId } from './violation.ts'

/** What each check rests on. A question that is asked by several is answered once. */
export const QUESTIONS: Readonly<Record<CheckId, readonly Question[]>> = {
  C1: [denseLog],
  C2: [acksStand, reactionsStand, membersStand],
  C3: [storedOnce, retriesAgree],
  C4: [readerOrder, partedInPlace, sameEvents],
  C5: [catchUp, toldOfReturn],
  C6: [readCursor, cursorSetBack, unreadCounts],
  C7: [sameEvents, finalReads, messageLists, deletedStaysDeleted],
  C8: [membershipKept],
  I1: [acksStand, reactionsStand, membersStand, storedOnce, askedFor],
  I2: [refusedAbsent, storedOnce],
  I3: [acksStand, retriesAgree],
  I4: [denseLog],
  I5: [sameEvents],
  I6: [readerOrder, partedInPlace],
  I7: [sendOrder],
  I8: [membershipKept],
  I9: [catchUp, toldOfReturn, answeredInTime],
  I10: [readCursor, cursorSetBack, unreadCounts],
  I11: [presenceTrue],
  I12: [signedOut],
  I13: [deletedStaysDeleted, versionsRise],
  I14: [resourcesReturn],
  I15: [processesLive],
}
