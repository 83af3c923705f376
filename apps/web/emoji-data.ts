import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const LANGUAGES = ['en', 'zh']
const FILES = ['data.json', 'messages.json']
const from = createRequire(import.meta.url)

const read = (language: string, file: string): Buffer =>
  readFileSync(from.resolve(`emojibase-data/${language}/${file}`))

/** The names of emoji under `/emoji/<language>/`, so that no other host is asked for them. */
export function emojiData(): Plugin {
  return {
    name: 'parley-emoji-data',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [, language, file] = /^\/emoji\/(\w+)\/([\w.]+)$/u.exec(request.url ?? '') ?? []
        if (!LANGUAGES.includes(language ?? '') || !FILES.includes(file ?? '')) return next()
        response.setHeader('Content-Type', 'application/json')
        return response.end(read(language ?? '', file ?? ''))
      })
    },
    generateBundle() {
      for (const language of LANGUAGES) {
        for (const file of FILES) {
          const fileName = `emoji/${language}/${file}`
          this.emitFile({ type: 'asset', fileName, source: read(language, file) })
        }
      }
    },
  }
}
