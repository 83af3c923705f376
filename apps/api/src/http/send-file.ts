import { pipeline } from 'node:stream/promises'
import { ParleyError } from '@parley/message-schema'
import type { Request, Response } from 'express'
import { isInline } from '../files/file-mime.ts'
import type { ByteRange } from '../files/file-storage.ts'
import type { FileContent } from '../files/get-file.ts'

/** Bytes never change, but the right to them does: soon it is asked for again, with a condition. */
const FRESH_S = 300
const IDLE_MS = 60_000

/** RFC 6266: the name as it is, and for old clients as much of it as ASCII can say. */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/gu, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

function setHeaders(response: Response, { name, mime, etag, bytes }: FileContent): void {
  response.set({
    'Content-Type': mime === 'text/plain' ? 'text/plain; charset=utf-8' : mime,
    'Content-Disposition': contentDisposition(isInline(mime) ? 'inline' : 'attachment', name),
    // Whatever it is, in a page of its own it can do nothing.
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': `private, max-age=${FRESH_S}, must-revalidate`,
    Vary: 'Authorization',
    ETag: etag,
    ...(bytes !== undefined && { 'Accept-Ranges': 'bytes' }),
  })
}

/** By the tag alone: bytes with this tag are these bytes. */
function isKnown(request: Request, { etag }: FileContent): boolean {
  const tags = (request.get('if-none-match') ?? '').split(',').map((tag) => tag.trim())
  return tags.some((tag) => tag === '*' || tag.replace(/^W\//u, '') === etag)
}

/** One range; several are answered with everything, as one may. Throws where there is no such part. */
function rangeOf(
  request: Request,
  response: Response,
  content: FileContent,
): ByteRange | undefined {
  const { bytes, etag } = content
  const isSame = [undefined, etag].includes(request.get('if-range'))
  if (bytes === undefined || !isSame || request.get('range') === undefined) return undefined
  // RFC 9110: of what is shorter than the end that is asked for, that end is all of it.
  const end = Number(/^bytes=-(\d+)$/u.exec(request.get('range') ?? '')?.[1] ?? 0)
  if (end >= bytes && bytes > 0) return { start: 0, end: bytes - 1 }
  const ranges = request.range(bytes, { combine: true })
  if (ranges === -1) {
    response.set('Content-Range', `bytes */${bytes}`)
    return undefined
  }
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes') return undefined
  const [range, ...more] = ranges
  return more.length > 0 ? undefined : range
}

/** Answers with the bytes: all, a part of them, or that the client has them already. */
export async function sendFile(
  request: Request,
  response: Response,
  content: FileContent,
): Promise<void> {
  setHeaders(response, content)
  if (isKnown(request, content)) {
    response.status(304).end()
    return
  }
  const range = rangeOf(request, response, content)
  if (response.getHeader('Content-Range') !== undefined) {
    response.status(416).end()
    return
  }
  const { bytes } = content
  if (range !== undefined) {
    response.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${bytes}`)
  }
  const length = range === undefined ? bytes : range.end - range.start + 1
  if (length !== undefined) response.set('Content-Length', String(length))
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  // Whoever takes nothing for so long is not there any more.
  response.setTimeout(IDLE_MS, () => response.destroy())
  const stream = await content.open(range).catch((error: unknown) => {
    clearHeaders(response)
    throw error
  })
  await pipeline(stream, response).catch((cause: unknown) => {
    // Whoever went away needs no answer; whoever is there sees that it broke off.
    if (!response.headersSent && !response.destroyed) throw new ParleyError('INTERNAL', { cause })
    response.destroy()
  })
}

/** A refusal is none of the file's: it has no length, no name and no tag. */
function clearHeaders(response: Response): void {
  response.status(200)
  for (const name of [
    'Content-Length',
    'Content-Range',
    'Content-Disposition',
    'Accept-Ranges',
    'ETag',
    'Cache-Control',
  ]) {
    response.removeHeader(name)
  }
}
