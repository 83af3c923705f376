import { Readable } from 'node:stream'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { createReadImage } from './thumbnail.ts'

const readImage = createReadImage()
const read = (bytes: Buffer) => readImage(() => Promise.resolve(Readable.from([bytes])))
const red = { width: 1_000, height: 500, channels: 3, background: 'red' } as const

test('a photo is turned as its camera says, made small, and loses what it says of its owner', async () => {
  const photo = await sharp({ create: red })
    .withExif({ IFD0: { Copyright: 'Ada', Orientation: '6' }, IFD3: { GPSLatitudeRef: 'N' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  expect((await sharp(photo).metadata()).exif).toBeDefined()
  const facts = await read(photo)
  expect(facts).toMatchObject({ width: 500, height: 1_000 })
  const small = await sharp(facts?.thumbnail).metadata()
  expect(small).toMatchObject({ format: 'webp', width: 200, height: 400 })
  expect(small.exif).toBeUndefined()
  expect(small.orientation).toBeUndefined()
})

test('a small image is not made larger', async () => {
  const dot = await sharp({ create: { ...red, width: 10, height: 20 } })
    .png()
    .toBuffer()
  const facts = await read(dot)
  expect(facts).toMatchObject({ width: 10, height: 20 })
  expect(await sharp(facts?.thumbnail).metadata()).toMatchObject({ width: 10, height: 20 })
})

test.each(['gif', 'webp', 'avif', 'png', 'jpeg'] as const)('reads %s', async (format) => {
  const image = await sharp({ create: { ...red, width: 64, height: 64 } })
    .toFormat(format)
    .toBuffer()
  expect(await read(image)).toMatchObject({ width: 64, height: 64 })
})

test('of what moves the first picture is taken', async () => {
  const frame = (background: string) =>
    sharp({ create: { ...red, width: 32, height: 32, background } })
      .png()
      .toBuffer()
  const frames = await Promise.all([frame('red'), frame('blue')])
  const animated = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer()
  expect((await sharp(animated).metadata()).pages).toBe(2)
  const facts = await read(animated)
  expect(facts).toMatchObject({ width: 32, height: 32 })
  expect((await sharp(facts?.thumbnail).metadata()).pages ?? 1).toBe(1)
})

/** A PNG of a few bytes that claims to have 60,000 × 60,000 dots. */
async function pngBomb(): Promise<Buffer> {
  const png = await sharp({ create: { ...red, width: 1, height: 1 } })
    .png()
    .toBuffer()
  const header = Buffer.from(png)
  header.writeUInt32BE(60_000, 16)
  header.writeUInt32BE(60_000, 20)
  const { crc32 } = await import('node:zlib')
  header.writeUInt32BE(crc32(header.subarray(12, 29)), 29)
  return header
}

test.each<[string, () => Promise<Buffer>]>([
  ['an image that claims to be enormous', pngBomb],
  [
    'a drawing',
    async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
  ],
  ['a PDF', async () => Buffer.from('%PDF-1.4\n%%EOF')],
  ['noise', async () => Buffer.from('no image at all')],
  ['nothing', async () => Buffer.alloc(0)],
])('%s is not looked into', async (_what, make) => {
  expect(await read(await make())).toBeUndefined()
})

test('an image that breaks off has its measure and no thumbnail', async () => {
  const noise = { ...red, noise: { type: 'gaussian', mean: 128, sigma: 30 } } as const
  const whole = await sharp({ create: noise }).png().toBuffer()
  const facts = await read(whole.subarray(0, whole.length / 2))
  expect(facts).toEqual({ width: 1_000, height: 500 })
})

test('what cannot be opened is nothing, and the next one is read', async () => {
  expect(await readImage(() => Promise.reject(new Error('gone')))).toBeUndefined()
  const dot = await sharp({ create: { ...red, width: 10, height: 20 } })
    .png()
    .toBuffer()
  expect(await read(dot)).toBeDefined()
})
