import type { Json } from './schema-example.ts'

export interface Bad {
  readonly what: string
  readonly value: unknown
}

/** JSON as it is written: a parser makes an own field of `__proto__`, as a request has it. */
const POLLUTION: readonly (readonly [string, unknown])[] = [
  ['__proto__', { polluted: 1, silent: true, isAdmin: true }],
  ['constructor', { prototype: { polluted: 1 } }],
  ['prototype', { polluted: 1 }],
]

const deep = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = { a: value }
  return value
}

const WRONG: readonly unknown[] = [
  null,
  [],
  {},
  7,
  'x',
  true,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  '\0',
  '\uD800',
  '\u202Eevil\u2069',
  'x'.repeat(30_000),
  { $ne: 1 },
  [null],
  ['x', ['x']],
  deep(500),
  JSON.parse('{"toString":1,"valueOf":1,"hasOwnProperty":1,"then":1,"toJSON":1}'),
  JSON.parse('{"__proto__":{"polluted":1}}'),
  "' OR 1=1 --",
]

/** Of the whole thing, whatever its schema is. */
export const WHOLE: readonly Bad[] = [
  ...WRONG.map((value) => ({ what: `all of it ${nameOf(value)}`, value })),
  {
    what: 'many keys',
    value: Object.fromEntries(Array.from({ length: 15_000 }, (_, n) => [`k${n}`, 1])),
  },
]

function nameOf(value: unknown): string {
  return JSON.stringify(value).slice(0, 40)
}

type Path = readonly string[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, field]) => pathsOf(field, [...path, key]))]
}

/** A copy in which `change` was done to the object or list that holds the last step of the path. */
function changed(base: unknown, path: Path, change: (holder: Json, key: string) => void): unknown {
  const copy: unknown = structuredClone(base)
  let holder = copy as Json
  for (const step of path.slice(0, -1)) holder = holder[step] as Json
  change(holder, path.at(-1) ?? '')
  return copy
}

const own = (holder: object, key: string, value: unknown): void => {
  Object.defineProperty(holder, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

/**
 * A valid value with one thing wrong: each of its fields gone, or something else; each of its objects
 * with one field too many. Of the wrong values each field is given `each`, others than the field before.
 */
export function* badOnes(base: unknown, each: number): Generator<Bad> {
  let turn = 0
  for (const path of pathsOf(base)) {
    const at = path.join('.')
    if (path.length > 0) {
      const gone = changed(base, path, (holder, key) => delete holder[key])
      yield { what: `without ${at}`, value: gone }
      for (let n = 0; n < Math.min(each, WRONG.length); n += 1, turn += 1) {
        const wrong = WRONG[turn % WRONG.length]
        const value = changed(base, path, (holder, key) => own(holder, key, wrong))
        yield { what: `${at} as ${nameOf(wrong)}`, value }
      }
    }
    const inside = path.reduce<unknown>((value, step) => (value as Json)[step], base)
    if (typeof inside !== 'object' || inside === null || Array.isArray(inside)) continue
    for (const [name, value] of [...POLLUTION, ['extra', 1] as const]) {
      const more = changed(base, [...path, name], (holder, key) => own(holder, key, value))
      yield { what: `${name} in ${at === '' ? 'it' : at}`, value: more }
    }
  }
}
