/** UUIDs are 16 bytes in MySQL and strings everywhere else. */
export const toBytes = (uuid: string): Buffer<ArrayBuffer> =>
  Buffer.from(uuid.replaceAll('-', ''), 'hex')

export function fromBytes(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
