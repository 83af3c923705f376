import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { ensurePrograms } from '@parley/local-cluster'
import { isIsolated } from './network-namespace.ts'

export interface Dropped {
  /** Listening ports; packets to them and from them are dropped. */
  readonly ports: readonly number[]
  /** Of a hundred packets, at random. Absent: all. */
  readonly percent?: number
}

let tables = 0

/**
 * The kernel drops packets, without a word to either end: nothing is refused, nothing is reset, and who connects
 * waits. Answers how to end that. Throws outside of a network namespace: others would miss their packets.
 */
export async function dropPackets({ ports, percent }: Dropped): Promise<() => Promise<void>> {
  if (!isIsolated()) throw new Error('There is no network namespace to drop packets in.')
  const table = `inet verify_${(tables += 1)}`
  const which = `{ ${ports.join(', ')} }`
  const what = percent === undefined ? 'drop' : `numgen random mod 100 < ${percent} drop`
  await tell(`
    table ${table} {
      chain arriving {
        type filter hook input priority 0
        tcp dport ${which} ${what}
        tcp sport ${which} ${what}
      }
    }`)
  return () => tell(`delete table ${table}`)
}

async function tell(rules: string): Promise<void> {
  const { nft } = await ensurePrograms(['nft'])
  const child = spawn(nft, ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] })
  child.stdin.end(rules)
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  if (code !== 0) throw new Error(`nft refuses the rules: ${said.trim()}`)
}
