/** The tables of SPEC.md, as the code would have them. */
export interface Spec {
  /** By state, then by event: the rule. */
  readonly transitions: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** By rule: the states that it may lead to; `same` is the one in which it began. */
  readonly leadsTo: Readonly<Record<string, readonly string[]>>
  readonly states: readonly string[]
  readonly events: readonly string[]
}

/** The rows below a heading, without head and rule. */
function rowsBelow(text: string, heading: string): string[][] {
  const from = text.indexOf(`\n## ${heading}\n`)
  const section = text.slice(from + 1).split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

const names = (cell: string | undefined): string[] =>
  Array.from((cell ?? '').matchAll(/`([\w-]+)`/gu), ([, name]) => name ?? '')

export function readSpec(text: string): Spec {
  const [head = [], , ...table] = rowsBelow(text, 'Transitions')
  const transitions = Object.fromEntries(
    head.slice(1).map((state, column) => [
      state,
      Object.fromEntries(
        table.map(([event, ...rules]) => {
          const rule = rules[column] ?? ''
          return [names(event)[0] ?? '', rule === '–' ? 'ignore' : rule]
        }),
      ),
    ]),
  )
  const leadsTo = Object.fromEntries(
    rowsBelow(text, 'Rules')
      .slice(2)
      .map(([rule, to = '']) => [names(rule)[0] ?? '', to.split(', ')]),
  )
  const first = (heading: string): string[] =>
    rowsBelow(text, heading)
      .slice(2)
      .flatMap(([cell]) => names(cell))
  return { transitions, leadsTo, states: first('States'), events: first('Events') }
}
