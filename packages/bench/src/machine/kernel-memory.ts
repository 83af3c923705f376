import { readFileSync } from 'node:fs'

const PAGE_BYTES = 4_096

export interface KernelMemory {
  /** Buffers of all TCP sockets of the machine: what was sent or came and nobody has read. */
  readonly bufferBytes: number
  /** What the kernel keeps in slabs: sockets themselves, and much else. */
  readonly slabBytes: number
}

/** Of the whole machine: what others open and close in the meantime is in it. */
export function readKernelMemory(): KernelMemory {
  const sockstat = readFileSync('/proc/net/sockstat', 'utf8')
  const pages = Number(/^TCP:.* mem (\d+)/mu.exec(sockstat)?.[1] ?? Number.NaN)
  const meminfo = readFileSync('/proc/meminfo', 'utf8')
  const kibibytes = Number(/^Slab:\s+(\d+) kB/mu.exec(meminfo)?.[1] ?? Number.NaN)
  return { bufferBytes: pages * PAGE_BYTES, slabBytes: kibibytes * 1_024 }
}
