import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'

export interface FramePerson {
  readonly token: string
  readonly room: string
}

/** Frames as the official client sends them: Engine.IO’s type, Socket.IO’s type, id, payload. */
export function validFrames({ token, room }: FramePerson): string[] {
  const event = (name: string, payload: unknown, id = 7) =>
    `42${id}${JSON.stringify([name, payload])}`
  return [
    `40${JSON.stringify({ token, v: 1 })}`,
    event('message:send', { roomId: room, clientMsgId: randomUUID(), text: 'hello' }),
    event('sync', { rooms: { [room]: 0 }, limit: 10 }),
    event('read:set', { roomId: room, upTo: 1, mode: 'forward' }),
    event('presence:subscribe', { userIds: ['ada'] }),
    '451-7["message:send",{"text":{"_placeholder":true,"num":0}}]',
    '43[{"ok":true}]',
    '40/admin,{"token":"x"}',
    '41',
    '3',
  ]
}

const BYTES = [
  '',
  '\0',
  '0',
  '9',
  '"',
  '\\',
  '{',
  '[',
  ',',
  '-',
  '/',
  '\u001E',
  '\u{1F600}',
  '\uD800',
]

/** Every byte of every valid frame in turn: left out, doubled, and put in place of by each of these. */
export function* mutations(frames: readonly string[]): Generator<string> {
  for (const frame of frames) {
    for (let at = 0; at < frame.length; at += 1) {
      const [before, after] = [frame.slice(0, at), frame.slice(at + 1)]
      yield before
      yield `${before}${frame[at]}${frame[at]}${after}`
      for (const byte of BYTES) yield `${before}${byte}${after}`
    }
  }
}

const oddId = fc.constantFrom(
  '',
  '0',
  '-1',
  '1e9',
  'NaN',
  '4294967296',
  '9007199254740993',
  '9'.repeat(400),
  '0x10',
  ' 7',
  '7.5',
)
const oddCount = fc.constantFrom(
  '0-',
  '1-',
  '51-9999999',
  '51-',
  '-',
  '99999999999-',
  'NaN-',
  '1-1-',
  '-1-',
)
const oddNamespace = fc.constantFrom(
  '/',
  '/admin,',
  '/__proto__,',
  '/constructor,',
  '/../,',
  `/${'n'.repeat(5_000)},`,
  '/\0,',
  '/a?b=c,',
  ',',
)
const deep = (open: string, shut: string, levels: number, inside = '') =>
  `${open.repeat(levels)}${inside}${shut.repeat(levels)}`
const POLLUTING = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'

const HEAVY = [
  `["x",${deep('[', ']', 1_000)}]`,
  `["sync",${deep('{"a":', '}', 5_000, '1')}]`,
  deep('[', ']', 100_000),
  `["x","${'y'.repeat(200_000)}"]`,
]

/** JSON, near JSON, and none. */
const payload = (room: string) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...HEAVY) },
    { weight: 12, arbitrary: lightPayload(room) },
  )

const lightPayload = (room: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(
      '',
      '[]',
      '{}',
      'null',
      '7',
      '"x"',
      '[',
      '[""]',
      '[null]',
      '[7,7]',
      '[[]]',
      '[{}]',
      '["message:send"]',
      '["message:send",null]',
      '["connect"]',
      '["disconnect"]',
      '["disconnecting"]',
      '["error",{}]',
      '["newListener",{}]',
      '["removeListener"]',
      '["__proto__",{}]',
      '["constructor"]',
      `["sync",${POLLUTING}]`,
      `["message:send",${POLLUTING}]`,
      `[${POLLUTING}]`,
      POLLUTING,
      '["sync",{"_placeholder":true,"num":0}]',
      '["sync",{"_placeholder":true,"num":-1}]',
      '["sync",{"_placeholder":true,"num":1e99}]',
      '["sync",{"_placeholder":true,"num":"length"}]',
      '["sync",1e999]',
      '["sync",-0]',
      '["sync","\\ud800"]',
      '["sync",{"rooms":{"\\u0000":1}}]',
    ),
    fc
      .tuple(fc.constantFrom('message:send', 'sync', 'typing:set', 'no:such'), fc.jsonValue())
      .map((event) => JSON.stringify(event)),
    fc
      .dictionary(fc.constantFrom('roomId', 'clientMsgId', 'text', 'seq', 'rooms'), fc.jsonValue())
      .map((fields) => JSON.stringify(['message:send', { roomId: room, ...fields }])),
  )

const frame = (room: string): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          fc.constantFrom('4', '4', '4', '4', '0', '1', '2', '3', '5', '6', '7', 'b', ''),
          fc.constantFrom('2', '2', '2', '0', '1', '3', '4', '5', '6', '7', '-', ''),
          fc.option(oddCount, { nil: '', freq: 3 }),
          fc.option(oddNamespace, { nil: '', freq: 4 }),
          oddId,
          payload(room),
        )
        .map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    { weight: 1, arbitrary: fc.constantFrom('2probe', '3probe', '5', '1', '40', '41', '40{}', '') },
  )

/** What one peer says, one frame after the other; bytes go where bytes are none of the protocol. */
export type Script = readonly (string | Uint8Array)[]

export const script = (room: string): fc.Arbitrary<Script> =>
  fc.array(
    fc.oneof(
      { weight: 9, arbitrary: frame(room) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) },
    ),
    { minLength: 1, maxLength: 4 },
  )

/** Below WebSocket’s own frames: lengths that lie, reserved bits, no mask, fragments of control frames. */
export const socketBytes: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom(0x81, 0x82, 0x01, 0x80, 0x88, 0x89, 0x8a, 0x83, 0xc1, 0xf1, 0x09, 0x00),
    fc.constantFrom(0x80, 0x85, 0x05, 0xfe, 0xff, 0x7e, 0x7f, 0xfd),
    fc.uint8Array({ maxLength: 40 }),
  )
  .map(([first, second, rest]) => Buffer.from([first, second, ...rest]))

/** Of the query of a request: what is no session, no transport and no version. */
export const query: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('EIO=4', 'EIO=3', 'EIO=99', 'EIO=', '', 'EIO=4&EIO=3', 'EIO=__proto__'),
    fc.constantFrom(
      'transport=polling',
      'transport=websocket',
      'transport=',
      'transport=__proto__',
      'transport=constructor',
      'transport=polling&transport=websocket',
      'transport=webtransport',
      '',
    ),
    fc.constantFrom(
      '',
      'sid=',
      'sid=__proto__',
      'sid=constructor',
      'sid=g1.x',
      'sid=g1.a&sid=g1.b',
      `sid=${'s'.repeat(3_000)}`,
      'sid=%00',
      'sid[]=1',
      'j=0',
      'j=__proto__',
      'b64=1',
      't=%ff',
    ),
  )
  .map((parts) => parts.filter(Boolean).join('&'))
