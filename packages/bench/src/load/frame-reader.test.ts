import { expect, test } from 'vitest'
import { clientFrame, OPCODE } from './frame.ts'
import { FrameReader } from './frame-reader.ts'

/** As a server sends it: not masked. */
function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const { length } = payload
  const header =
    length < 126
      ? Buffer.from([0x81, length])
      : length < 65_536
        ? Buffer.from([0x81, 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x81, 127, 0, 0, 0, 0]), uint32(length)])
  return Buffer.concat([header, payload])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function rig() {
  const texts: string[] = []
  const reader = new FrameReader((opcode, bytes, from, to) => {
    expect(opcode).toBe(OPCODE.text)
    texts.push(bytes.toString('latin1', from, to))
  })
  return { reader, texts }
}

const TEXTS = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(300), 'e'.repeat(70_000), 'f']

test('however it is cut, each frame is shown once, whole, in order', () => {
  const bytes = Buffer.concat(TEXTS.slice(0, 5).map(serverFrame))
  for (let size = 1; size <= bytes.length; size += 1) {
    const { reader, texts } = rig()
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
    expect(texts).toEqual(TEXTS.slice(0, 5))
  }
})

test('lengths of two and eight bytes', () => {
  const { reader, texts } = rig()
  reader.push(Buffer.concat(TEXTS.map(serverFrame)))
  expect(texts).toEqual(TEXTS)
})

test('what is shown may be written over afterwards: what was cut is a copy', () => {
  const { reader, texts } = rig()
  const bytes = serverFrame('whole')
  const chunk = Buffer.from(bytes.subarray(0, 4))
  reader.push(chunk)
  chunk.fill(0)
  reader.push(bytes.subarray(4))
  expect(texts).toEqual(['whole'])
})

test.each([
  ['masked, as a client’s is', clientFrame(OPCODE.text, Buffer.from('x'))],
  ['compressed', Buffer.from([0xc1, 1, 0])],
  ['a part of a message', Buffer.from([0x01, 1, 0])],
  ['longer than anything', Buffer.from([0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0])],
])('a frame that is %s is refused', (_, frame) => {
  expect(() => rig().reader.push(frame)).toThrow(/frame/u)
})
