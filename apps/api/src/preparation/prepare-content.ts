import type { Attachment } from '@parley/message-schema'
import type { BeforeSend } from './before-send.ts'
import type { CheckWords } from './check-words.ts'
import type { KeptLists } from './kept-lists.ts'
import { BUILT_IN_TYPE, type MessageTypes } from './message-types.ts'
import { toRefusal, type MessageCommand, type Refusal } from './refusal.ts'
import type { Prepare } from '../room-log/prepare-message.ts'

export interface PrepareContentPorts {
  readonly lists: Pick<KeptLists, 'areFresh' | 'refresh'>
  /** `undefined` until they were read. */
  readonly types: () => MessageTypes | undefined
  /** `null` for an empty list. */
  readonly checkWords: () => CheckWords | null | undefined
  /** The type of a message that is there: an edit does not name it. `null`: no such message. */
  readonly typeOf: (roomId: string, seq: number) => Promise<string | null>
  /** Files of the sender, in the order of their ids. Throws `ParleyError`. */
  readonly findAttachments: (ownerId: string, ids: readonly string[]) => Promise<Attachment[]>
  /** Members who are online, of a room that is not too large for it. */
  readonly onlineMembers: (roomId: string) => Promise<string[]>
  readonly beforeSend: BeforeSend | undefined
}

interface Changes {
  refusal?: Refusal
  files?: Attachment[]
  hereIds?: string[]
  text?: string
  payload?: Record<string, unknown>
  words?: NonNullable<MessageCommand['words']>
}

/** Brought in from elsewhere: it was said long ago. */
const isImported = (command: MessageCommand): boolean =>
  command.kind === 'message:send' && command.importedAt !== undefined

const NOT_READY: Refusal = {
  code: 'SERVER_BUSY',
  message: 'The server is starting. Try again.',
  details: undefined,
}

/** What has to be found out about a command. */
function createNeeds({ lists, types, checkWords, beforeSend }: PrepareContentPorts) {
  const asksHost = (command: MessageCommand): boolean =>
    beforeSend !== undefined && command.actor.kind !== 'system' && !isImported(command)

  /** The host application may give an edit a payload, too. */
  const needsType = (command: MessageCommand): boolean =>
    command.kind === 'message:edit' &&
    (command.payload !== undefined || asksHost(command)) &&
    ((types()?.names.size ?? 0) > 0 || checkWords() != null)

  const mustWait = (command: MessageCommand): boolean =>
    !lists.areFresh() ||
    asksHost(command) ||
    needsType(command) ||
    (command.kind === 'message:send' &&
      ((command.attachments?.length ?? 0) > 0 || command.mentionAll === 'here'))

  return { needsType, asksHost, mustWait }
}

async function findFiles(
  ports: PrepareContentPorts,
  command: MessageCommand,
  changes: Changes,
): Promise<void> {
  if (command.kind !== 'message:send') return
  const { attachments = [], mentionAll, roomId, actor } = command
  const [files, hereIds] = await Promise.all([
    attachments.length > 0 && command.files === undefined
      ? ports.findAttachments(actor.id, attachments)
      : undefined,
    mentionAll === 'here' && command.hereIds === undefined
      ? ports.onlineMembers(roomId)
      : undefined,
  ])
  if (files !== undefined) changes.files = files
  if (hereIds !== undefined) changes.hereIds = hereIds
}

/**
 * Each step sees what those before it have made of the message: its files and who is there, its type,
 * the host application, the word list. Nothing is waited for where nothing has to be.
 */
export function createPrepareContent(ports: PrepareContentPorts): Prepare {
  const { lists, beforeSend } = ports
  const { needsType, asksHost, mustWait } = createNeeds(ports)

  /** An edit that leaves the payload as it is has nothing to be checked. */
  function typeRefusal(
    command: MessageCommand,
    type: string,
    payload: MessageCommand['payload'],
  ): Refusal | undefined {
    if (command.kind === 'message:edit' && payload === undefined) return undefined
    return ports.types()?.refusalOf(type, payload)
  }

  function wordsOf(
    command: MessageCommand,
    type: string,
    { text = command.text, payload = command.payload }: Changes,
  ): MessageCommand['words'] {
    const check = ports.checkWords()
    if (check == null || command.actor.kind === 'system' || isImported(command)) return undefined
    // Payloads of other types are data of the application, of which only it knows what is shown.
    return check(text, type === BUILT_IN_TYPE ? payload : undefined)
  }

  function prepareAtOnce(command: MessageCommand): Changes | undefined {
    const type = command.kind === 'message:send' ? (command.type ?? BUILT_IN_TYPE) : BUILT_IN_TYPE
    const refusal = typeRefusal(command, type, command.payload)
    if (refusal !== undefined) return { refusal }
    const words = wordsOf(command, type, {})
    return words === undefined ? undefined : { words }
  }

  async function typeOf(command: MessageCommand): Promise<string | undefined> {
    if (command.kind === 'message:send') return command.type ?? BUILT_IN_TYPE
    if (!needsType(command)) return BUILT_IN_TYPE
    // What is not there is refused by the log, in its words.
    return (await ports.typeOf(command.roomId, command.seq)) ?? undefined
  }

  async function askHost(command: MessageCommand, type: string, changes: Changes): Promise<void> {
    const verdict = await beforeSend?.(
      { ...command, ...changes },
      (payload) => typeRefusal(command, type, payload) === undefined,
    )
    if (verdict === undefined) return
    if ('refusal' in verdict) {
      changes.refusal = verdict.refusal
      return
    }
    if (verdict.text !== undefined) changes.text = verdict.text
    if (verdict.payload !== undefined) changes.payload = verdict.payload
  }

  async function prepareSlowly(command: MessageCommand): Promise<Changes | undefined> {
    if (!lists.areFresh()) await lists.refresh()
    // What is not fresh is used on: the database that could not be asked takes no message either.
    if (ports.types() === undefined || ports.checkWords() === undefined)
      return { refusal: NOT_READY }
    const changes: Changes = {}
    const [type] = await Promise.all([typeOf(command), findFiles(ports, command, changes)])
    if (type === undefined) return changes
    const refusal = typeRefusal(command, type, command.payload)
    if (refusal !== undefined) return { ...changes, refusal }
    if (asksHost(command)) await askHost(command, type, changes)
    if (changes.refusal !== undefined) return changes
    const words = wordsOf(command, type, changes)
    return words === undefined ? changes : { ...changes, words }
  }

  return (command) => {
    try {
      if (!mustWait(command)) return prepareAtOnce(command)
      return prepareSlowly(command).catch((error: unknown) => ({ refusal: toRefusal(error) }))
    } catch (error) {
      return { refusal: toRefusal(error) }
    }
  }
}
