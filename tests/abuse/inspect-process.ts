import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@parley/testkit'
import { WebSocket } from 'ws'
import { cluster } from './stage.ts'

/** Node opens its debugger at this signal, and says where in its log. */
async function debuggerUrl({ name, pid }: { name: string; pid: number }): Promise<string> {
  process.kill(pid, 'SIGUSR1')
  return eventually(() => {
    const log = readFileSync(join(cluster.logs, `${name}.log`), 'utf8')
    const url = /Debugger listening on (ws:\S+)/u.exec(log)?.[1]
    if (url === undefined) throw new Error(`${name} has opened no debugger.`)
    return url
  })
}

async function evaluate(url: string, expression: string): Promise<unknown> {
  const socket = new WebSocket(url)
  try {
    return await new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('open', () => {
        const params = { expression, returnByValue: true }
        socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }))
      })
      socket.on('message', (data) => {
        const { id, result } = JSON.parse(String(data as Buffer)) as {
          id?: number
          result?: { result?: { value?: unknown } }
        }
        if (id === 1) resolve(result?.result?.value)
      })
    })
  } finally {
    socket.terminate()
  }
}

const INHERITED = `JSON.stringify([Object, Array, Function, String, Number].map(
  ({ prototype }) => Object.keys(prototype)).flat())`

/** What every object of each process has inherited and should not have, by the process. */
export async function inheritedEverywhere(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {}
  for (const one of cluster.processes) {
    found[one.name] = JSON.parse(String(await evaluate(await debuggerUrl(one), INHERITED)))
  }
  return found
}

export const NOTHING_INHERITED = Object.fromEntries(cluster.processes.map(({ name }) => [name, []]))
