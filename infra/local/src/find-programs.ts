import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs that come with the system and not with npm. */
export type Program = 'redis-server' | 'mariadbd' | 'haproxy' | 'chromium'

const NAMES: Readonly<Record<Program, readonly string[]>> = {
  'redis-server': ['redis-server', 'valkey-server'],
  mariadbd: ['mariadbd', 'mysqld'],
  haproxy: ['haproxy'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
}

// Servers lie where the PATH of an ordinary user does not look.
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/opt/homebrew/bin']

/** The path of its executable, or null. */
export function findProgram(program: Program, path = process.env['PATH'] ?? ''): string | null {
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
