import { fileTypeFromBuffer } from 'file-type'

/** So much of the beginning tells what a file is. */
export const HEAD_BYTES = 4_100
const UNKNOWN = 'application/octet-stream'
const MIME_CHARACTERS = 127

/** Text has no mark by which one knows it: here the sender is believed, if it is text at all. */
const TEXT_TYPES = new Set([
  'text/plain',
  'text/csv',
  'text/markdown',
  'text/tab-separated-values',
  'text/calendar',
  'text/vcard',
  'application/json',
])

/** Shown by a browser without running anything, and not able to ask for anything else. */
const INLINE = /^(image\/(png|apng|jpeg|gif|webp|avif)|(audio|video)\/[\w.+-]+(;.*)?|text\/plain)$/u
const RASTER = new Set([
  'image/png',
  'image/apng',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
])

/** May be shown in place; all else is offered for saving. Never SVG, HTML, XML or PDF. */
export const isInline = (mime: string): boolean => INLINE.test(mime)

/** An image of dots, of which a small one can be made. */
export const isRaster = (mime: string): boolean => RASTER.has(mime)

function isText(head: Buffer): boolean {
  if (head.includes(0)) return false
  try {
    // The last character may be cut off.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

/** By the bytes themselves. What the sender says counts only where bytes say nothing. */
export async function sniffMime(head: Buffer, claimed: string | undefined): Promise<string> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined)
  if (found !== undefined) return found.mime.slice(0, MIME_CHARACTERS)
  const [word = ''] = (claimed ?? '').toLowerCase().split(';')
  const mime = word.trim()
  return TEXT_TYPES.has(mime) && isText(head) ? mime : UNKNOWN
}
