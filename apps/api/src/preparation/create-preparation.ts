import { createLruCache } from '@parley/server-kit'
import { LIMITS, ParleyError, type Attachment } from '@parley/message-schema'
import type { Logger, Registry } from '@parley/server-kit'
import { createBlockedWordStore, type BlockedWordStore } from '../db/messages/blocked-word-store.ts'
import type { Pool } from '../db/connect.ts'
import {
  BLOCKED_WORDS,
  MESSAGE_TYPES,
  readListVersions,
} from '../db/messages/list-version-store.ts'
import { readMemberIds } from '../db/rooms/member-ids.ts'
import {
  createMessageTypeStore,
  readMessageType,
  type MessageTypeStore,
} from '../db/messages/message-type-store.ts'
import { rejectedByWords } from '../room-log/heed-words.ts'
import { prepareMessages } from '../room-log/prepare-message.ts'
import type { RoomLog } from '../room-log/room-log.ts'
import { createBeforeSend } from './before-send.ts'
import { compilePayloadSchema, type CheckPayload } from './check-payload.ts'
import { createCheckWords } from './check-words.ts'
import { createKeptLists } from './kept-lists.ts'
import { createMessageTypes } from './message-types.ts'
import { createPrepareContent } from './prepare-content.ts'
import type { PreparationSettings } from './preparation-env.ts'

export interface PreparationPorts {
  readonly roomLog: RoomLog
  readonly pool: Pool
  readonly settings: PreparationSettings
  readonly findAttachments: (ownerId: string, ids: readonly string[]) => Promise<Attachment[]>
  readonly onlineAmong: (userIds: readonly string[]) => Promise<ReadonlySet<string>>
  readonly logger: Logger
  readonly metrics: Registry
}

export interface Preparation {
  /** What everybody writes to: gateways, REST, backends. */
  readonly roomLog: RoomLog
  readonly words: BlockedWordStore
  readonly types: MessageTypeStore
  /** The word list's word on a text that no log sees; throws `REJECTED`. */
  readonly heedWords: (text: string) => string
  readonly compilePayloadSchema: typeof compilePayloadSchema
  /** After a change of a list here: it counts at once in this process. */
  readonly refreshLists: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Shorter than gateways wait for an answer, which is 8 s, by the time of a commit. */
const SETTINGS = { deadlineMs: 5_000, waitingMax: 5_000 }

/** Not each schema again when one of them changes. */
function createCompile(): (schema: Record<string, unknown>) => CheckPayload {
  const known = createLruCache<CheckPayload>({ max: 2 * LIMITS.messageTypes })
  return (schema) => {
    const key = JSON.stringify(schema)
    const check = known.get(key) ?? compilePayloadSchema(schema)
    known.set(key, check)
    return check
  }
}

/** The lists, the host application's hook and the room log behind them. Reads the lists from now on. */
export function createPreparation(ports: PreparationPorts): Preparation {
  const { pool, settings, findAttachments, onlineAmong, metrics } = ports
  const logger = ports.logger.child({ part: 'preparation' })
  const words = createBlockedWordStore(pool)
  const types = createMessageTypeStore(pool)
  const compile = createCompile()
  const lists = createKeptLists({
    readVersions: () => readListVersions(pool),
    onFailure: (error) => logger.warn({ err: error }, 'could not read the lists'),
  })
  const keptWords = lists.keep(
    BLOCKED_WORDS,
    async () => createCheckWords(await words.all()) ?? null,
  )
  const keptTypes = lists.keep(MESSAGE_TYPES, async () =>
    createMessageTypes(await types.all(), { compile, isClosed: settings.onlyRegisteredTypes }),
  )

  /** What goes wrong on our side says nothing about the message. */
  const orBusy = async <Result>(asked: Promise<Result>): Promise<Result> => {
    try {
      return await asked
    } catch (error) {
      if (error instanceof ParleyError) throw error
      logger.warn({ err: error }, 'could not prepare a message')
      throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000, cause: error })
    }
  }

  const prepare = createPrepareContent({
    lists,
    types: keptTypes.content,
    checkWords: keptWords.content,
    typeOf: (roomId, seq) => orBusy(readMessageType(pool, roomId, seq)),
    findAttachments: (ownerId, ids) => orBusy(findAttachments(ownerId, ids)),
    onlineMembers: async (roomId) => {
      const userIds = await orBusy(readMemberIds(pool, roomId, LIMITS.notifyAllMembers))
      return userIds === null ? [] : [...(await onlineAmong(userIds))]
    },
    beforeSend:
      settings.hook === undefined
        ? undefined
        : createBeforeSend(settings.hook, { logger, metrics }),
  })

  lists.start()
  return {
    roomLog: prepareMessages(ports.roomLog, prepare, SETTINGS),
    words,
    types,
    heedWords(text) {
      const found = keptWords.content()?.(text, undefined)
      if (found?.rejected === true) throw rejectedByWords()
      return found?.text ?? text
    },
    compilePayloadSchema,
    refreshLists: lists.refresh,
    stop: lists.stop,
  }
}
