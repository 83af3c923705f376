const FINAL = 0x80
const MASKED = 0x80
const SHORT = 125
const LENGTH_IN_2 = 126
const TWO_BYTES = 0xffff

export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A frame of a client. Masked with zeros, which leaves the payload as it is: nobody is to be protected here. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  if (length > TWO_BYTES) throw new RangeError('A client of the load sends at most 65,535 bytes.')
  const headerBytes = length > SHORT ? 8 : 6
  const frame = Buffer.alloc(headerBytes + length)
  frame[0] = FINAL | opcode
  if (length > SHORT) {
    frame[1] = MASKED | LENGTH_IN_2
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = MASKED | length
  }
  payload.copy(frame, headerBytes)
  return frame
}
