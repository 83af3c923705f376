import { roomsPerUser, usersOf } from './demand.ts'
import type { CapacityPlan } from './plan-capacity.ts'
import { planRows } from './plan-rows.ts'
import { amount } from './show-amount.ts'

const WIDTH = 100

/** For a terminal. */
export function planText(plan: CapacityPlan): string {
  const { demand } = plan
  const head = [
    `${amount(demand.sockets)} sockets of ${amount(usersOf(demand))} users, each in ${amount(roomsPerUser(demand))} rooms;`,
    `${amount(demand.rooms)} rooms of ${amount(demand.members)} members, ${amount(demand.largestRoom)} in the largest;`,
    `${amount(demand.messagesPerSecond)} messages/s of ${amount(demand.messageBytes)} bytes.`,
  ].join(' ')
  const rows = planRows(plan)
  const what = Math.max(...rows.map((row) => row.what.length))
  const count = Math.max(...rows.map((row) => row.count.length))
  const lines = rows.flatMap((row) => {
    const [first = '', ...rest] = wrap(row.because, WIDTH - what - count - 6)
    const indent = ' '.repeat(what + count + 6)
    return [
      `  ${row.what.padEnd(what)}  ${row.count.padStart(count)}  ${first}`,
      ...rest.map((line) => indent + line),
    ]
  })
  return [
    ...wrap(head, WIDTH),
    '',
    ...lines,
    ...plan.warnings.flatMap((warning) => ['', ...wrap(`Beware: ${warning}`, WIDTH)]),
    '',
    'Some constants are estimates: docs/capacity.md says which, and how to measure them again.',
  ].join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
