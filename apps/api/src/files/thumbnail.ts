import { buffer } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import sharp from 'sharp'

/** Of an image: what is known of it, and a small one of it if one could be made. */
export interface ImageFacts {
  readonly width: number
  readonly height: number
  readonly thumbnail?: Buffer
}

/** `undefined`: it is none that can be read, or there is no time for it now. Never rejects. */
export type ReadImage = (open: () => Promise<Readable>) => Promise<ImageFacts | undefined>

/** Larger files are not looked into. */
export const IMAGE_BYTES = 20 * 1024 * 1024
const THUMBNAIL_PIXELS = 400
const QUALITY = 75
/** Of the unpacked image: a few kilobytes can claim to be gigabytes. */
const PIXELS_MAX = 64_000_000
const TIME_S = 10
/** Whoever would wait longer gets none. */
const WAITING_MAX = 8

const LOADERS = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadNsgifBuffer',
  'VipsForeignLoadHeifBuffer',
]

let isPrepared = false

/** For the whole process: one thread an image, nothing kept, and no reader but those of photos. */
function prepare(): void {
  if (isPrepared) return
  isPrepared = true
  sharp.concurrency(1)
  sharp.cache(false)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: LOADERS })
}

async function readFacts(bytes: Buffer): Promise<ImageFacts | undefined> {
  const input = { limitInputPixels: PIXELS_MAX, failOn: 'error', pages: 1 } as const
  const { autoOrient } = await sharp(bytes, input).metadata()
  const { width, height } = autoOrient
  if (width * height > PIXELS_MAX) return undefined
  const thumbnail = await sharp(bytes, input)
    .timeout({ seconds: TIME_S })
    // Turned as the camera says, since that is left out with everything else that it says.
    .autoOrient()
    .resize({
      width: THUMBNAIL_PIXELS,
      height: THUMBNAIL_PIXELS,
      fit: 'inside',
      withoutEnlargement: true,
    })
    .webp({ quality: QUALITY })
    .toBuffer()
    .catch(() => undefined)
  return { width, height, ...(thumbnail !== undefined && { thumbnail }) }
}

/** One after the other: an image takes much memory for a short time. */
export function createReadImage(): ReadImage {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async (open) => {
    if (waiting >= WAITING_MAX) return undefined
    prepare()
    waiting += 1
    const mine = last.then(async () => readFacts(await buffer(await open()))).catch(() => undefined)
    last = mine
    try {
      return await mine
    } finally {
      waiting -= 1
    }
  }
}
