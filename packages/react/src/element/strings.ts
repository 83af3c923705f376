import type { ChatError } from '@parley/client'
import type { ElementLanguage } from './element-settings.ts'
import { EN } from './strings-en.ts'
import { ZH } from './strings-zh.ts'

/** Every text of the element. A language that lacks one does not compile. */
export interface Strings {
  readonly rooms: string
  readonly noRooms: string
  readonly noRoomsHint: string
  readonly chooseRoom: string
  readonly nameless: string
  readonly back: string
  readonly unread: (count: number) => string
  readonly members: (count: number) => string
  readonly loading: string
  readonly loadingOlder: string
  readonly tryAgain: string
  readonly roomsFailed: string
  readonly messagesFailed: string
  readonly roomFailed: string
  readonly signInFailed: string
  readonly noSignIn: string
  readonly noSignInHint: string
  readonly empty: string
  readonly emptyHint: string
  readonly beginning: string
  readonly messagesOf: (room: string) => string
  readonly messageOf: (name: string, time: string) => string
  readonly write: string
  readonly writeTo: (room: string) => string
  readonly send: string
  readonly attach: string
  readonly dropHere: string
  readonly removeFile: (name: string) => string
  readonly uploading: (name: string) => string
  readonly uploadFailed: (name: string) => string
  readonly waitForUploads: string
  readonly tooLong: string
  readonly tooManyWaiting: string
  readonly frozen: string
  readonly archived: string
  readonly muted: (until: string) => string
  readonly mayNotWrite: string
  readonly today: string
  readonly yesterday: string
  readonly newMessages: string
  readonly jumpToLatest: string
  readonly newCount: (count: number) => string
  readonly edited: string
  readonly deleted: string
  readonly notShown: string
  readonly sending: string
  readonly notSent: string
  readonly retry: string
  readonly discard: string
  readonly you: string
  readonly reply: string
  readonly replyTo: (name: string) => string
  readonly cancelReply: string
  readonly goToQuoted: (name: string) => string
  /** Deleted, or only files. */
  readonly quotedWordless: string
  /** Not read yet. */
  readonly quotedUnknown: string
  readonly react: string
  readonly reaction: (key: string, count: number, isMine: boolean) => string
  readonly file: (name: string, size: string) => string
  readonly image: (name: string) => string
  readonly said: (name: string, text: string) => string
  /** `names` is a list in words; `others` are more people. */
  readonly typing: (names: string, count: number, others: number) => string
  /** Nobody of them is known by name. */
  readonly someTyping: (count: number) => string
  readonly connecting: string
  readonly catchingUp: string
  readonly waiting: string
  readonly offline: string
  readonly ended: string
  readonly retryNow: string
  readonly errors: Readonly<Record<ChatError['code'], string>>
}

const LANGUAGES: Readonly<Record<ElementLanguage, Strings>> = { en: EN, zh: ZH }

export const stringsOf = (language: ElementLanguage): Strings => LANGUAGES[language]
