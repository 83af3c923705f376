import { eventShapes } from './events-page.ts'
import { restShapes } from './rest-page.ts'
import { describe, linkFrom, type Schema } from './schema-words.ts'

const link = linkFrom('shapes.md')

const INTRODUCTION = `# Shapes

What the pages of [REST](rest.md) and of [events](events.md) name. \`?\` behind a name:
it may be left out.
`

const patternOf = ({ pattern, format }: Schema): string[] =>
  pattern === undefined || format !== undefined ? [] : [`Like \`${pattern}\`.`, '']

/** Sockets and REST have the same schemas; where one reads otherwise as input, REST has a name for it. */
export function shapesPage(): string {
  const shapes = { ...eventShapes(), ...restShapes() }
  const sections = Object.entries(shapes)
    .filter(([name]) => name !== 'Event')
    .toSorted(([one], [other]) => one.localeCompare(other, 'en'))
    .flatMap(([name, schema]) => [
      `## ${name}`,
      '',
      ...(schema.description === undefined ? [] : [schema.description, '']),
      ...describe(schema, link, ''),
      ...patternOf(schema),
    ])
  const event = ['## Event', '', 'One of the [events of a log](events.md#events-of-a-log).', '']
  return [INTRODUCTION, ...event, ...sections].join('\n')
}
