import { z } from 'zod'
import { BlockedWord, BlockedWordDraft, blockedWordShape } from '../blocked-word.ts'
import { Uuid } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { page, pageLimit } from './page.ts'
import type { RouteSpec } from './route.ts'

const wordParams = z.object({ id: Uuid })

/** The word list of the whole cluster. */
export const wordRoutes = {
  listBlockedWords: {
    method: 'get',
    path: '/v1/moderation/words',
    summary: 'The word list, in the order in which it was made.',
    tag: 'words',
    auth: 'key',
    scope: 'moderation:write',
    query: z.strictObject({ after: Uuid.optional(), limit: pageLimit(1_000, 100) }),
    status: 200,
    response: page(BlockedWord),
  },
  createBlockedWords: {
    method: 'post',
    path: '/v1/moderation/words',
    summary: 'Add words, all of them or none. They count within two seconds.',
    tag: 'words',
    auth: 'key',
    scope: 'moderation:write',
    body: z.strictObject({
      words: z.array(BlockedWordDraft).min(1).max(LIMITS.blockedWordsPerBatch),
    }),
    status: 201,
    response: z.object({ words: z.array(BlockedWord) }),
    errors: ['CONFLICT', 'REJECTED'],
  },
  getBlockedWord: {
    method: 'get',
    path: '/v1/moderation/words/:id',
    summary: 'One word of the list.',
    tag: 'words',
    auth: 'key',
    scope: 'moderation:write',
    params: wordParams,
    status: 200,
    response: z.object({ word: BlockedWord }),
    errors: ['NOT_FOUND'],
  },
  patchBlockedWord: {
    method: 'patch',
    path: '/v1/moderation/words/:id',
    summary: 'Change a word of the list, or what happens when it is said.',
    tag: 'words',
    auth: 'key',
    scope: 'moderation:write',
    params: wordParams,
    body: z.strictObject(blockedWordShape).partial(),
    status: 200,
    response: z.object({ word: BlockedWord }),
    errors: ['NOT_FOUND', 'CONFLICT'],
  },
  deleteBlockedWord: {
    method: 'delete',
    path: '/v1/moderation/words/:id',
    summary: 'Take a word off the list.',
    tag: 'words',
    auth: 'key',
    scope: 'moderation:write',
    params: wordParams,
    status: 204,
    errors: ['NOT_FOUND'],
  },
} as const satisfies Record<string, RouteSpec>
