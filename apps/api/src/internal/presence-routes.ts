import {
  AudienceRequest,
  PRESENCE_PATHS,
  SeenBatch,
  StatusChange,
  type AudienceResult,
} from '@parley/message-schema'
import type { Router } from 'express'
import type { PresenceStore } from '../db/users/presence-store.ts'
import type { ChooseStatus } from '../presence/choose-status.ts'
import type { FindWatchable } from '../presence/find-watchable.ts'
import { answer } from './answer.ts'

export interface PresenceAnswers {
  readonly findWatchable: FindWatchable
  readonly chooseStatus: ChooseStatus
  readonly noteSeen: PresenceStore['noteSeen']
}

/** What gateways ask about presence. */
export function addPresenceRoutes(router: Router, presence: PresenceAnswers): void {
  const path = (full: string): string => full.replace(/^\/internal/u, '')
  router.post(
    path(PRESENCE_PATHS.audience),
    answer(AudienceRequest, async ({ asks }): Promise<AudienceResult> => ({
      answers: await presence.findWatchable(asks),
    })),
  )
  router.post(path(PRESENCE_PATHS.status), answer(StatusChange, presence.chooseStatus))
  router.post(
    path(PRESENCE_PATHS.seen),
    answer(SeenBatch, async ({ users }) => {
      await presence.noteSeen(users.map(({ userId, at }) => ({ userId, at: new Date(at) })))
      return {}
    }),
  )
}
