import { readFileSync } from 'node:fs'

/** For processes that are to collect their garbage when they are sent SIGUSR2; it would end all others. */
export const COLLECTING = {
  NODE_OPTIONS: `--import ${new URL('collect-on-signal.js', import.meta.url).href}`,
}

/** Bytes of memory that a process holds, as the kernel counts them (VmRSS). */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kibibytes = /^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status does not tell VmRSS.`)
  return Number(kibibytes) * 1_024
}
