import { renameSync, writeFileSync } from 'node:fs'

/** Whoever reads sees the old content or the new one. Synchronous, so that two writes keep their order. */
export function writeFileAtomically(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, content, { mode: 0o600 })
  renameSync(temporary, path)
}
