import type { Attachment } from '@parley/message-schema'
import { newId } from '../new-id.ts'
import type { GetToken } from '../chat.ts'
import { ChatError } from '../chat-error.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { fillRoute } from '../rest/fill-route.ts'
import { withToken } from '../rest/with-token.ts'
import type { Files } from './files.ts'
import { createLinkCache } from './link-cache.ts'
import { chooseSendBytes, type SendBytes } from './send-bytes.ts'

export interface FilesPorts {
  /** Without a path; empty for the origin of the page. */
  readonly url: string
  readonly call: CallRoute
  readonly getToken: GetToken
  readonly fetch?: typeof fetch | undefined
  /** The limit of this server where it is known: `fileBytes` of `session:ready`. */
  readonly fileBytes?: () => number | undefined
  readonly sendBytes?: SendBytes
  readonly now?: () => number
}

const FILE_BYTES = 100 * 1024 * 1024
const AVATAR_BYTES = 2 * 1024 * 1024
const MIB = 1024 * 1024
/** Of the eight that the server takes of one person; another tab may upload too. */
const AT_ONCE = 3
const NAME_CHARACTERS = 255

type UploadOptions = NonNullable<Parameters<Files['upload']>[1]>

export interface FileToSend {
  readonly file: Blob
  readonly options: UploadOptions
  /** From 0 to 1. */
  readonly progress: (part: number) => void
  readonly signal: AbortSignal
}

/** `Files`, once its code is there. */
export interface FileTransfer extends Pick<Files, 'link' | 'delete'> {
  readonly upload: (sent: FileToSend) => Promise<Attachment>
}

function refuse(file: Blob, { purpose }: UploadOptions, fileBytes: number): ChatError | null {
  const isAvatar = purpose === 'avatar'
  const most = isAvatar ? AVATAR_BYTES : fileBytes
  if (file.size > most) {
    const message = `This file is too large: at most ${Math.floor(most / MIB)} MiB.`
    return new ChatError({ code: 'TOO_LARGE', message, details: { bytes: most } })
  }
  if (isAvatar && file.type !== '' && !file.type.startsWith('image/')) {
    return new ChatError({ code: 'REJECTED', message: 'This is no picture.' })
  }
  return null
}

/** Lets so many run at the same time; the others wait in their order, or until their signal ends. */
function createGate(most: number) {
  const waiting = new Set<() => void>()
  let running = 0
  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const go = (): void => {
        waiting.delete(go)
        resolve()
      }
      waiting.add(go)
      const give = (): void => {
        // Who has had their turn hands it on by themselves.
        if (waiting.delete(go)) reject(signal.reason)
      }
      signal.addEventListener('abort', give, { once: true })
    })
  return async <Result>(run: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
    if (running >= most) await turn(signal)
    else running += 1
    try {
      return await run()
    } finally {
      const [next] = waiting
      if (next === undefined) running -= 1
      else next()
    }
  }
}

function nameOf(file: Blob, { name }: UploadOptions): string | undefined {
  const own = name ?? ('name' in file && typeof file.name === 'string' ? file.name : undefined)
  return own === undefined || own === ''
    ? undefined
    : Array.from(own).slice(-NAME_CHARACTERS).join('')
}

/** Files go up as they are; links to them are kept while they are good. */
export function createFileTransfer(ports: FilesPorts): FileTransfer {
  const { call, fileBytes, now = Date.now } = ports
  const root = ports.url.replace(/\/+$/u, '')
  const sendBytes = ports.sendBytes ?? chooseSendBytes(ports.fetch)
  const inTurn = createGate(AT_ONCE)
  const links = createLinkCache({
    now,
    ask: (id, isThumbnail) =>
      call('POST /v1/files/:id/link', {
        params: { id },
        ...(isThumbnail && { query: { thumbnail: '1' } }),
      }),
  })

  async function send({ file, options, progress, signal }: FileToSend): Promise<Attachment> {
    const { purpose } = options
    const query = { name: nameOf(file, options), purpose }
    const { path } = fillRoute('POST /v1/uploads', { query })
    // A form would say by its type what it is; bytes of one would be taken for one.
    const type = /^[\w.+-]+\/[\w.+-]+/u.exec(file.type)?.[0] ?? ''
    const isPlain = type !== '' && !type.startsWith('multipart/')
    const idempotencyKey = newId()
    const answer = await withToken(ports.getToken, async (token) => {
      signal.throwIfAborted()
      return await sendBytes({
        url: `${root}${path}`,
        body: file,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': isPlain ? type : 'application/octet-stream',
          'idempotency-key': idempotencyKey,
        },
        progress: (part) => progress(Math.min(1, Math.max(0, part))),
        signal,
      })
    })
    progress(1)
    return (answer as { file: Attachment }).file
  }

  return {
    async upload(sent) {
      const refused = refuse(sent.file, sent.options, fileBytes?.() ?? FILE_BYTES)
      if (refused !== null) throw refused
      sent.signal.throwIfAborted()
      return await inTurn(() => send(sent), sent.signal)
    },
    async link(fileId, { thumbnail = false } = {}) {
      return `${root}${await links.get(fileId, thumbnail)}`
    },
    async delete(fileId) {
      await call('DELETE /v1/files/:id', { params: { id: fileId } })
      links.forget(fileId)
    },
  }
}
