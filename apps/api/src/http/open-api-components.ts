import { z } from 'zod'

export type JsonSchema = Record<string, unknown>

const DEFS = '#/$defs/'
/** zod names so what refers to itself and has no name of its own: that is only any JSON value. */
const publicName = (name: string): string => (name.startsWith('__schema') ? 'Json' : name)

/** The same document with every reference into `$defs` renamed. */
function rename(node: unknown, nameOf: (name: string) => string): unknown {
  if (Array.isArray(node)) return node.map((item) => rename(item, nameOf))
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key !== '$ref' || typeof value !== 'string' || !value.startsWith(DEFS)) {
        return [key, rename(value, nameOf)]
      }
      return [key, `#/components/schemas/${nameOf(value.slice(DEFS.length))}`]
    }),
  )
}

/** The named schemas of the document. One that reads differently as input has a second name. */
export class Components {
  readonly schemas: Record<string, unknown> = {}

  /** The schema itself, or a reference to it if it has a name. */
  add(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // Wrapped, because a root is always written out, also one with a name.
    const json = z.toJSONSchema(z.object({ it: schema }), {
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        // What is answered may have fields added to it.
        if (io === 'output' && jsonSchema.additionalProperties === false) {
          delete jsonSchema.additionalProperties
        }
      },
    })
    const $defs: Record<string, unknown> = json.$defs ?? {}
    const nameOf = this.#namesFor($defs)
    for (const [name, def] of Object.entries($defs))
      this.schemas[nameOf(name)] = rename(def, nameOf)
    return rename(json.properties?.['it'], nameOf) as JsonSchema
  }

  /** Another name for what differs from its namesake, and so for all that refers to it. */
  #namesFor(defs: Record<string, unknown>): (name: string) => string {
    const differing = new Set<string>()
    const nameOf = (name: string): string =>
      `${publicName(name)}${differing.has(name) ? 'Input' : ''}`
    const differs = ([name, def]: [string, unknown]): boolean => {
      const namesake = this.schemas[nameOf(name)]
      return (
        namesake !== undefined && JSON.stringify(namesake) !== JSON.stringify(rename(def, nameOf))
      )
    }
    for (let size = -1; size !== differing.size;) {
      size = differing.size
      for (const entry of Object.entries(defs)) {
        if (!differing.has(entry[0]) && differs(entry)) differing.add(entry[0])
      }
    }
    return nameOf
  }
}
