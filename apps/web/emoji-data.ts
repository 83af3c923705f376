import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const LANGUAGES = ['en', 'zh']
const FILES = ['data.json', 'messages.json', 'names.json']
const from = createRequire(import.meta.url)

const read = (path: string): string =>
  readFileSync(from.resolve(`emojibase-data/${path}`), { encoding: 'utf8' })

interface Emoji {
  readonly emoji: string
  readonly hexcode: string
  readonly label: string
  readonly tags?: readonly string[]
  readonly group?: number
  readonly order?: number
}

/** What is found by a name, a fifth of all the data: see `EmojiName` of the page. */
function namesOf(language: string): string {
  const all = JSON.parse(read(`${language}/data.json`)) as readonly Emoji[]
  const codes = JSON.parse(read('en/shortcodes/github.json')) as Record<string, string | string[]>
  const names = all
    // Parts of others are no emoji of their own.
    .filter(({ group, order }) => group !== undefined && order !== undefined)
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ emoji, hexcode, label, tags = [] }) => [
      emoji,
      label.toLowerCase(),
      [codes[hexcode] ?? []].flat(),
      tags,
    ])
  return JSON.stringify(names)
}

const contentOf = (language: string, file: string): string =>
  file === 'names.json' ? namesOf(language) : read(`${language}/${file}`)

/** The names of emoji under `/emoji/<language>/`, so that no other host is asked for them. */
export function emojiData(): Plugin {
  return {
    name: 'parley-emoji-data',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [, language, file] = /^\/emoji\/(\w+)\/([\w.]+)$/u.exec(request.url ?? '') ?? []
        if (!LANGUAGES.includes(language ?? '') || !FILES.includes(file ?? '')) return next()
        response.setHeader('Content-Type', 'application/json')
        return response.end(contentOf(language ?? '', file ?? ''))
      })
    },
    generateBundle() {
      for (const language of LANGUAGES) {
        for (const file of FILES) {
          const fileName = `emoji/${language}/${file}`
          this.emitFile({ type: 'asset', fileName, source: contentOf(language, file) })
        }
      }
    },
  }
}
