import {
  AudienceRequest,
  PRESENCE_PATHS,
  SeenBatch,
  StatusChange,
  type AudienceResult,
} from '@parley/message-schema'
import type { PresenceStore } from '../db/users/presence-store.ts'
import type { ChooseStatus } from '../presence/choose-status.ts'
import type { FindWatchable } from '../presence/find-watchable.ts'
import type { Answering } from './internal-endpoint.ts'

export interface PresenceAnswers {
  readonly findWatchable: FindWatchable
  readonly chooseStatus: ChooseStatus
  readonly noteSeen: PresenceStore['noteSeen']
}

/** What gateways ask about presence, by path. */
export function presenceAnswers(presence: PresenceAnswers): [string, Answering][] {
  const audience: Answering<AudienceRequest> = {
    schema: AudienceRequest,
    run: async ({ asks }): Promise<AudienceResult> => ({
      answers: await presence.findWatchable(asks),
    }),
  }
  const status: Answering<StatusChange> = { schema: StatusChange, run: presence.chooseStatus }
  const seen: Answering<SeenBatch> = {
    schema: SeenBatch,
    run: async ({ users }) => {
      await presence.noteSeen(users.map(({ userId, at }) => ({ userId, at: new Date(at) })))
      return {}
    },
  }
  return [
    [PRESENCE_PATHS.audience, audience as Answering],
    [PRESENCE_PATHS.status, status as Answering],
    [PRESENCE_PATHS.seen, seen as Answering],
  ]
}
