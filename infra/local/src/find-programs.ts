import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs that come with the system and not with npm. */
export type Program =
  | 'redis-server'
  | 'mariadbd'
  | 'mariadb'
  | 'haproxy'
  | 'chromium'
  | 'nats-server'
  | 'mosquitto'
  | 'nginx'
  | 'php'
  | 'promtool'
  | 'nft'
  | 'ip'

const NAMES: Readonly<Record<Program, readonly string[]>> = {
  'redis-server': ['redis-server', 'valkey-server'],
  mariadbd: ['mariadbd', 'mysqld'],
  mariadb: ['mariadb', 'mysql'],
  haproxy: ['haproxy'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  'nats-server': ['nats-server'],
  mosquitto: ['mosquitto'],
  nginx: ['nginx'],
  php: ['php'],
  promtool: ['promtool'],
  nft: ['nft'],
  ip: ['ip'],
}

/** What nginx loads to be the server of channels that it is measured as. */
export const NCHAN_MODULE = '/usr/lib/nginx/modules/ngx_nchan_module.so'

/** Without the file the program is no use to us. */
const COMPANIONS: Readonly<Partial<Record<Program, string>>> = { nginx: NCHAN_MODULE }

// Servers lie where the PATH of an ordinary user does not look.
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/opt/homebrew/bin']

/** The path of its executable, or null. */
export function findProgram(program: Program, path = process.env['PATH'] ?? ''): string | null {
  const companion = COMPANIONS[program]
  if (companion !== undefined && !existsSync(companion)) return null
  const folders = [...path.split(delimiter).filter(Boolean), ...MORE_FOLDERS]
  for (const name of NAMES[program]) {
    for (const folder of folders) {
      const file = join(folder, name)
      if (isExecutable(file)) return file
    }
  }
  return null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
