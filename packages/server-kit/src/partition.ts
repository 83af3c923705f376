/** FNV-1a: the same on every gateway and every API replica, for the same `partitions`. */
export function partitionOf(roomId: string, partitions: number): number {
  let hash = 0x81_1c_9d_c5
  for (let index = 0; index < roomId.length; index += 1) {
    hash = Math.imul(hash ^ roomId.charCodeAt(index), 0x01_00_01_93)
  }
  return (hash >>> 0) % partitions
}
