import { seededRandom } from '../seeded-random.ts'
import { startTcpProxy, type Address, type TcpProxy } from './tcp-proxy.ts'

/** A proxy on each way between two processes, named `from>to`, as `g1>redis` or `client>balancer`. */
export interface Ways extends AsyncDisposable {
  /** Puts a proxy before an address and answers its port on 127.0.0.1; for `startCluster`. */
  readonly route: (from: string, to: string, address: Address) => Promise<number>
  /** Those whose names match, in the order of their names. */
  readonly matching: (name: RegExp) => TcpProxy[]
  readonly get: (name: string) => TcpProxy
  /** Nothing is wrong with any way any more. */
  readonly heal: () => Promise<void>
  readonly close: () => Promise<void>
}

export function createWays({ seed }: { readonly seed: number }): Ways {
  const byName = new Map<string, Promise<TcpProxy>>()
  const started = new Map<string, TcpProxy>()
  const open = async (name: string, target: Address): Promise<TcpProxy> => {
    const proxy = await startTcpProxy({ name, target, random: seededRandom(`${seed} ${name}`) })
    started.set(name, proxy)
    return proxy
  }
  const close = async (): Promise<void> => {
    await Promise.allSettled(byName.values())
    await Promise.all([...started.values()].map((proxy) => proxy.close()))
  }
  return {
    async route(from, to, address) {
      const name = `${from}>${to}`
      const opening = byName.get(name) ?? open(name, address)
      byName.set(name, opening)
      const proxy = await opening
      return proxy.port
    },
    matching(pattern) {
      const names = [...started.keys()].filter((name) => pattern.test(name)).toSorted()
      return names.flatMap((name) => started.get(name) ?? [])
    },
    get(name) {
      const proxy = started.get(name)
      if (proxy !== undefined) return proxy
      throw new Error(`There is no way '${name}'; there are ${[...started.keys()].join(', ')}.`)
    },
    heal: async () => {
      await Promise.all([...started.values()].map((proxy) => proxy.clear()))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
