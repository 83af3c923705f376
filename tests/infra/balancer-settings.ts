import { read } from './deployment-files.ts'

/** Where each server of a file really is, by the name that it has there. */
export type Addresses = ReadonlyMap<string, string>

export interface Setting {
  readonly addresses: Addresses
  /** The gateways' own names, by those of the file: ids of sessions begin with them. */
  readonly names: ReadonlyMap<string, string>
  readonly certificate: string
  readonly key: string
  readonly ports: { readonly plain: number; readonly tls: number; readonly internal: number }
  readonly statsPort: number
}

// Nobody listens there.
const NOWHERE = '127.0.0.1:9'

const SERVER = /((?:green-)?(?:gateway|api)-\d+)(?:\.[\w.]+)?:\d+/gu
const NAME = /(?<![\w-])(?:green-)?gateway-\d+/gu

/** Names, addresses and ports of this machine in a file that is right for another one. */
function atHome(config: string, { addresses, names }: Setting): string {
  return config
    .replaceAll(SERVER, (_, name: string) => addresses.get(name) ?? NOWHERE)
    .replaceAll(NAME, (name) => names.get(name) ?? name)
}

const port = (config: string, from: RegExp, to: string): string => {
  if (!from.test(config)) throw new Error(`The file has no ${from.source}.`)
  return config.replace(from, to)
}

export function haproxyAtHome(setting: Setting, path = 'infra/haproxy/haproxy.cfg'): string {
  const { ports, statsPort, certificate } = setting
  let config = atHome(read(path), setting)
  // As many sockets as a test may have.
  config = port(config, /maxconn 50000/u, 'maxconn 500')
  config = port(config, /bind :8080/u, `bind 127.0.0.1:${ports.plain}`)
  config = port(config, /bind :8443/u, `bind 127.0.0.1:${ports.tls}`)
  config = port(config, /bind :8081/u, `bind 127.0.0.1:${ports.internal}`)
  config = port(config, /bind :8404/u, `bind 127.0.0.1:${statsPort}`)
  return port(config, /\/etc\/haproxy\/tls\/site\.crt/u, certificate)
}

export function nginxAtHome(setting: Setting, dir: string): string {
  const { ports, certificate, key } = setting
  let config = atHome(read('infra/nginx/nginx.conf'), setting)
  config = port(config, /listen 8080/u, `listen 127.0.0.1:${ports.plain}`)
  config = port(config, /listen 8443/u, `listen 127.0.0.1:${ports.tls}`)
  config = port(config, /listen 8081/u, `listen 127.0.0.1:${ports.internal}`)
  config = port(config, /\/etc\/nginx\/tls\/site\.crt/u, certificate)
  config = port(config, /\/etc\/nginx\/tls\/site\.key/u, key)
  config = port(config, /worker_processes auto/u, 'worker_processes 1')
  config = port(config, /worker_rlimit_nofile \d+;/u, '')
  config = port(config, /worker_connections \d+/u, 'worker_connections 500')
  return config.replaceAll('/tmp/nginx', `${dir}/nginx`)
}
