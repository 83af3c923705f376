import { invalid, ParleyError, type Attachment } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { FileStore, StoredFile } from '../db/files/file-store.ts'
import type { FileSettings } from './file-env.ts'
import { isRaster, sniffMime } from './file-mime.ts'
import { cleanFileName } from './file-name.ts'
import { fileKey, thumbnailKey, type FileStorage } from './file-storage.ts'
import { measure, type Measured } from './measured.ts'
import { IMAGE_BYTES, type ImageFacts, type ReadImage } from './thumbnail.ts'
import { toAttachment } from './to-attachment.ts'
import type { UploadTurns } from './upload-turns.ts'

export interface IncomingFile {
  readonly name: string | undefined
  /** What the sender says that it is. */
  readonly claimedMime: string | undefined
  /** If the sender says how many they are. */
  readonly announcedBytes: number | undefined
  /** Throws if what was sent turns out to be no whole file. */
  readonly source: AsyncIterable<Buffer>
}

export interface UploadPorts {
  readonly store: Pick<FileStore, 'usage' | 'begin' | 'finish' | 'discard' | 'charge'>
  readonly storage: FileStorage
  readonly readImage: ReadImage
  readonly settings: FileSettings
  readonly turns: UploadTurns
}

export type UploadFile = (
  ownerId: string,
  purpose: 'message' | 'avatar',
  incoming: IncomingFile,
) => Promise<Attachment>

const AVATAR_BYTES = 2 * 1024 * 1024
const DAY_MS = 24 * 3_600_000

const tooLarge = (maxBytes: number): ParleyError =>
  new ParleyError('TOO_LARGE', {
    message: `A file has at most ${maxBytes} bytes.`,
    details: { maxBytes },
  })

function tooMuchToday(bytesPerDay: number, now: Date): ParleyError {
  return new ParleyError('RATE_LIMITED', {
    message: `That is more than ${bytesPerDay} bytes in a day.`,
    retryAfterMs: DAY_MS - (now.getTime() % DAY_MS),
    details: { bytesPerDay },
  })
}

async function allow(
  { store, settings }: UploadPorts,
  ownerId: string,
  announcedBytes: number | undefined,
  now: Date,
): Promise<{ readonly leftBytes: number }> {
  const { bytesToday, pending } = await store.usage(ownerId, now)
  if (pending >= settings.pendingPerUser) {
    throw new ParleyError('REJECTED', {
      message: `You have ${pending} files that are in no message. Send or delete some first.`,
      details: { pending: settings.pendingPerUser },
    })
  }
  const leftBytes = settings.bytesPerDay - bytesToday
  if (leftBytes <= 0 || (announcedBytes ?? 0) > leftBytes) {
    throw tooMuchToday(settings.bytesPerDay, now)
  }
  return { leftBytes }
}

async function readFacts(
  { storage, readImage }: UploadPorts,
  id: string,
  mime: string,
  bytes: number,
): Promise<ImageFacts | undefined> {
  if (!isRaster(mime) || bytes > IMAGE_BYTES) return undefined
  return readImage(() => storage.open(fileKey(id)))
}

async function keepThumbnail(
  { storage }: UploadPorts,
  id: string,
  thumbnail: Buffer | undefined,
): Promise<boolean> {
  if (thumbnail === undefined) return false
  const one = (async function* () {
    yield thumbnail
  })()
  return storage.write(thumbnailKey(id), one).then(
    () => true,
    () => false,
  )
}

/** The bytes are stored; now it is found out what they are. */
async function describe(
  ports: UploadPorts,
  file: Pick<StoredFile, 'id' | 'ownerId' | 'purpose' | 'name'>,
  measured: Measured,
  claimedMime: string | undefined,
): Promise<StoredFile> {
  const bytes = measured.bytes()
  if (bytes === 0) throw invalid('file', 'is empty')
  const mime = await sniffMime(measured.head(), claimedMime)
  const facts = await readFacts(ports, file.id, mime, bytes)
  const hasThumbnail = await keepThumbnail(ports, file.id, facts?.thumbnail)
  if (file.purpose === 'avatar' && !hasThumbnail) {
    throw new ParleyError('REJECTED', {
      message: 'An avatar is a PNG, JPEG, GIF, WebP or AVIF image.',
    })
  }
  return {
    ...file,
    mime,
    bytes,
    sha256: measured.sha256(),
    width: facts?.width ?? null,
    height: facts?.height ?? null,
    hasThumbnail,
  }
}

/**
 * A row stands before the first byte is written and goes after the last one is removed, so whatever
 * dies in between, a job finds what is left.
 */
export function createUploadFile(ports: UploadPorts): UploadFile {
  const { store, storage, settings, turns } = ports

  async function upload(
    ownerId: string,
    purpose: 'message' | 'avatar',
    incoming: IncomingFile,
  ): Promise<Attachment> {
    const now = new Date()
    const maxBytes = purpose === 'avatar' ? AVATAR_BYTES : settings.maxBytes
    if ((incoming.announcedBytes ?? 0) > maxBytes) throw tooLarge(maxBytes)
    const { leftBytes } = await allow(ports, ownerId, incoming.announcedBytes, now)

    const id = uuidv7()
    const file = { id, ownerId, purpose, name: cleanFileName(incoming.name) }
    const measured = measure(incoming.source, Math.min(maxBytes, leftBytes), () =>
      leftBytes < maxBytes ? tooMuchToday(settings.bytesPerDay, now) : tooLarge(maxBytes),
    )
    await store.begin(file, now)
    try {
      await storage.write(fileKey(id), measured)
      const stored = await describe(ports, file, measured, incoming.claimedMime)
      await store.finish(stored, new Date(Date.now() + settings.orphanMs))
      return toAttachment(stored)
    } catch (error) {
      await discard(id).catch(() => {
        // The row that stays leads the job to it.
      })
      throw error
    } finally {
      await store.charge(ownerId, now, measured.bytes())
    }
  }

  async function discard(id: string): Promise<void> {
    await storage.removeUnfinished(fileKey(id))
    await storage.removeUnfinished(thumbnailKey(id))
    await store.discard(id)
  }

  return (ownerId, purpose, incoming) =>
    turns.take(ownerId, () => upload(ownerId, purpose, incoming))
}
