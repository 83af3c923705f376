import { expect, test } from 'vitest'
import { isInline, isRaster, sniffMime } from './file-mime.ts'

const PNG = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  Buffer.from('000000010000000108060000001f15c489', 'hex'),
  Buffer.from('0000000d49444154789c626001000000ffff030000060005', 'hex'),
])
const GIF = Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00/*', 'latin1')
const PDF = Buffer.from('%PDF-1.7\n')
const HTML = Buffer.from('<!doctype html><script>alert(1)</script>')
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
const XML_SVG = Buffer.concat([Buffer.from('<?xml version="1.0"?>'), SVG])

test.each<[string, Buffer, string | undefined, string]>([
  ['a PNG', PNG, undefined, 'image/png'],
  ['a PNG that is said to be a page', PNG, 'text/html', 'image/png'],
  ['a GIF that is also a script', GIF, 'text/javascript', 'image/gif'],
  ['a PDF', PDF, 'text/plain', 'application/pdf'],
  ['text', Buffer.from('hello, wörld'), 'text/plain; charset=utf-8', 'text/plain'],
  ['text of a bare claim', Buffer.from('a,b'), 'TEXT/CSV', 'text/csv'],
  ['text whose last letter is cut', Buffer.from('wör').subarray(0, 2), 'text/plain', 'text/plain'],
  ['text of no claim', Buffer.from('hello'), undefined, 'application/octet-stream'],
  [
    'bytes that are said to be text',
    Buffer.from([1, 0, 2]),
    'text/plain',
    'application/octet-stream',
  ],
  ['bytes of no UTF-8', Buffer.from([0xc3, 0x28, 0x41]), 'text/plain', 'application/octet-stream'],
  ['a page', HTML, 'text/html', 'application/octet-stream'],
  ['a page that is said to be an image', HTML, 'image/png', 'application/octet-stream'],
  ['a page that is said to be text', HTML, 'text/plain', 'text/plain'],
  ['a drawing', SVG, 'image/svg+xml', 'application/octet-stream'],
  ['a drawing with a declaration', XML_SVG, 'image/svg+xml', 'application/xml'],
  ['a script', Buffer.from('alert(1)'), 'application/javascript', 'application/octet-stream'],
  ['nothing', Buffer.alloc(0), 'image/png', 'application/octet-stream'],
])('%s', async (_what, head, claimed, mime) => {
  expect(await sniffMime(head, claimed)).toBe(mime)
})

test('only what cannot do anything is shown in place', () => {
  for (const mime of [
    'image/png',
    'image/webp',
    'video/mp4',
    'audio/ogg; codecs=opus',
    'text/plain',
  ]) {
    expect(isInline(mime)).toBe(true)
  }
  for (const mime of [
    'image/svg+xml',
    'image/tiff',
    'text/html',
    'text/csv',
    'application/xml',
    'application/pdf',
    'application/octet-stream',
    'video/',
    'xvideo/mp4',
  ]) {
    expect(isInline(mime)).toBe(false)
  }
  expect(isRaster('image/svg+xml')).toBe(false)
})
