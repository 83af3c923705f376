import { spawn, spawnSync } from 'node:child_process'
import { findProgram, type Program } from './find-programs.ts'
import { LaunchError } from './launch-error.ts'

/** Debian's packages, of some programs several; where the first is not known the next is tried. */
const PACKAGES: Readonly<Record<Program, readonly string[]>> = {
  'redis-server': ['redis-server'],
  mariadbd: ['mariadb-server-core', 'mariadb-server'],
  mariadb: ['mariadb-client-core', 'mariadb-client'],
  haproxy: ['haproxy'],
  chromium: ['chromium'],
  'nats-server': ['nats-server'],
  mosquitto: ['mosquitto'],
  // The module brings nginx along.
  nginx: ['libnginx-mod-nchan'],
  // With PHP's clients of MySQL and HTTP, which the examples need.
  php: ['php-cli php-curl php-mysql'],
  promtool: ['prometheus'],
  nft: ['nftables'],
  ip: ['iproute2'],
}

// Debian starts a server when its package is installed. Ours are private: this says no to that,
// unless the machine has a policy of its own.
const WITHOUT_STARTING_SERVICES = `
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  "$@"`

/** Paths of the programs. What is missing is installed, or a sentence says how to. */
export async function ensurePrograms<Name extends Program>(
  programs: readonly Name[],
  onProgress: (step: string) => void = () => undefined,
): Promise<Record<Name, string>> {
  const missing = programs.filter((program) => findProgram(program) === null)
  if (missing.length > 0) await install(missing, onProgress)
  const found = programs.map((program) => [program, findProgram(program)] as const)
  const still = found.filter(([, path]) => path === null).map(([program]) => program)
  if (still.length > 0) throw refusal(still)
  return Object.fromEntries(found) as Record<Name, string>
}

async function install(programs: Program[], onProgress: (step: string) => void): Promise<void> {
  const asRoot = rootPrefix()
  if (asRoot === null || findOnPath('apt-get') === null) throw refusal(programs)
  onProgress(`Installing ${programs.join(', ')}`)
  for (const program of programs) {
    if (await aptInstall(asRoot, PACKAGES[program])) continue
    // A fresh machine has no package lists yet.
    await run([...asRoot, 'apt-get', 'update', '-q'])
    if (!(await aptInstall(asRoot, PACKAGES[program]))) throw refusal([program])
  }
}

async function aptInstall(asRoot: string[], packages: readonly string[]): Promise<boolean> {
  for (const name of packages) {
    const apt = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...name.split(' ')]
    if (await run([...asRoot, 'sh', '-c', WITHOUT_STARTING_SERVICES, 'sh', ...apt])) return true
  }
  return false
}

function run([command = '', ...args]: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const child = spawn(command, args, { stdio: 'ignore', env })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}

/** What to put before a command that needs root; null where that would need a password. */
function rootPrefix(): string[] | null {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null
}

function findOnPath(command: string): string | null {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

function refusal(programs: readonly Program[]): LaunchError {
  const names = programs.join(', ')
  const missing = `${names} ${programs.length === 1 ? 'is' : 'are'} missing`
  if (process.platform === 'darwin') {
    const formulas: Readonly<Partial<Record<Program, string>>> = {
      'redis-server': 'redis',
      mariadbd: 'mariadb',
      haproxy: 'haproxy',
      chromium: '--cask chromium',
      'nats-server': 'nats-server',
      mosquitto: 'mosquitto',
    }
    const wanted = programs.map((program) => formulas[program])
    if (wanted.includes(undefined))
      return new LaunchError(`${missing}; Homebrew has no such package`)
    return new LaunchError(`${missing}; install with: brew install ${wanted.join(' ')}`)
  }
  const packages = programs.map((program) => PACKAGES[program][0]).join(' ')
  return new LaunchError(`${missing}; install with: sudo apt-get install -y ${packages}`)
}
