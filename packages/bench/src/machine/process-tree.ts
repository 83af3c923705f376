import { readdirSync, readFileSync } from 'node:fs'

/** `CLK_TCK` is 100 on every Linux that Node runs on. */
const TICK_MS = 10

interface ProcessTimes {
  readonly pid: number
  readonly parent: number
  /** Its own, and that of children that have ended and were waited for. */
  readonly cpuMs: number
}

function readTimes(pid: number): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, which may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].map((at) => Number(fields[at]))
    return { pid, parent: Number(fields[1]), cpuMs: ticks.reduce((a, b) => a + b, 0) * TICK_MS }
  } catch {
    // It has ended.
    return null
  }
}

/** Processor time of a process and of all that descend from it. What has ended counts with its parent. */
export function cpuOfTree(root: number): number {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => readTimes(Number(name)) ?? [])
  const children = new Map<number, ProcessTimes[]>()
  for (const one of all) {
    const siblings = children.get(one.parent)
    if (siblings === undefined) children.set(one.parent, [one])
    else siblings.push(one)
  }
  let sum = 0
  const queue = all.filter(({ pid }) => pid === root)
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    sum += next.cpuMs
    queue.push(...(children.get(next.pid) ?? []))
  }
  return sum
}
