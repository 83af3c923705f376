import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
// @boundaries-ignore the site is built of it
import { CHINESE } from '../../docs/.vitepress/chinese.ts'
// @boundaries-ignore the site is built of it
import { REPOSITORY_PAGES } from '../../docs/.vitepress/repository-pages.ts'
// @boundaries-ignore the site is built of it
import { searchWords } from '../../docs/.vitepress/search-words.ts'
// @boundaries-ignore the site is built of it
import { NAV, SIDEBAR } from '../../docs/.vitepress/sidebar.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const docs = join(repository, 'docs')
const site = mkdtempSync(join(tmpdir(), 'parley-site-'))

/** A dead link ends the build. */
beforeAll(async () => {
  const vitepress = join(repository, 'node_modules/vitepress/bin/vitepress.js')
  await promisify(execFile)(process.execPath, [vitepress, 'build', docs, '--outDir', site], {
    env: { PATH: process.env['PATH'], DOCS_DRAFT: '1' },
  })
}, 180_000)
afterAll(() => rmSync(site, { recursive: true, force: true }))

const filesBelow = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith(ending) && !name.startsWith('.'),
  )
const read = (page: string): string => readFileSync(join(site, page), 'utf8')
const fileOf = (address: string): string => {
  const page = address.split('#')[0]?.replace(/^\//u, '') ?? ''
  return page === '' || page.endsWith('/') ? `${page}index.html` : page
}

describe('links', { timeout: 60_000 }, () => {
  test('inside of the site lead to pages and headings that are there', () => {
    const pages = filesBelow(site, '.html').filter((page) => page !== '404.html')
    expect(pages.length).toBeGreaterThan(50)
    const idsOf = new Map(
      pages.map((page) => [
        page,
        new Set([...read(page).matchAll(/ id="([^"]+)"/gu)].map(([, id]) => id)),
      ]),
    )
    const dead: string[] = []
    for (const page of pages) {
      for (const [, href = ''] of read(page).matchAll(/<a [^>]*?href="([^"]+)"/gu)) {
        if (/^(?:[a-z]+:|\/\/)/u.test(href)) continue
        const [path = '', hash] = decodeURI(href.replaceAll('&amp;', '&')).split('#')
        const target =
          path === '' ? page : posix.join(path.startsWith('/') ? '' : posix.dirname(page), path)
        const ids = idsOf.get(fileOf(target))
        const isThere = ids !== undefined && (hash === undefined || hash === '' || ids.has(hash))
        if (!isThere) dead.push(`${page}: ${href}`)
      }
    }
    expect(dead).toEqual([])
  })

  test('that lead out of the site are words, as long as nobody says where the repository is', () => {
    const features = read('features.html')
    expect(features).toContain('title="tests/e2e/one-order.test.ts" class="in-repository"')
    expect(features).not.toMatch(/href="[^"]*\.test\.ts"/u)
  })

  test('to pages of the repository that the site includes lead to these', () => {
    expect(read('sdk.html')).toContain('href="/project/react.html"')
    expect(read('project/architecture.html')).toContain('href="/protocol.html')
    for (const [source, page] of Object.entries(REPOSITORY_PAGES)) {
      expect(existsSync(join(repository, source)), source).toBe(true)
      expect(existsSync(join(docs, page)), page).toBe(true)
    }
  })

  test('nothing is fetched from elsewhere', () => {
    for (const page of filesBelow(site, '.html')) {
      expect(read(page), page).not.toMatch(
        /<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?\/\//u,
      )
    }
    for (const style of filesBelow(site, '.css')) {
      expect(read(style), style).not.toMatch(/url\(["']?https?:|@import/u)
    }
  })
})

interface Item {
  readonly link?: string | undefined
  readonly items?: readonly Item[] | undefined
}

const linksOf = (items: readonly Item[]): string[] =>
  items.flatMap(({ link, items: below = [] }) => [
    ...(link === undefined ? [] : [link]),
    ...linksOf(below),
  ])
const pageOf = (link: string): string => {
  const path = link.split('#')[0] ?? ''
  return `${path.endsWith('/') ? `${path}index` : path}.md`.replace(/^\//u, '')
}

describe('the sidebar', () => {
  const english = linksOf(SIDEBAR as Item[])
  const chinese = linksOf((CHINESE.themeConfig?.sidebar ?? []) as Item[])
  const menus = linksOf([NAV, CHINESE.themeConfig?.nav ?? []].flat() as Item[])

  test('has every page, and only what is there', () => {
    const linked = [...english, ...chinese, ...menus].map(pageOf)
    const pages = filesBelow(docs, '.md')
    expect([...new Set(linked)].toSorted()).toEqual(pages.toSorted())
  })

  test('leads to headings that are there', () => {
    for (const link of [...english, ...chinese].filter((one) => one.includes('#'))) {
      const [page = '', hash] = link.split('#')
      expect(read(`${page.slice(1)}.html`), link).toContain(`id="${hash}"`)
    }
  })
})

describe('Chinese', () => {
  test('begins, and the way from PHP, are there as pages of their own language', () => {
    for (const page of ['index', 'start', 'from-polling-to-sockets']) {
      expect(read(`zh/${page}.html`), page).toContain('<html lang="zh-CN"')
    }
  })

  test('has no blanks where a line goes on', () => {
    expect(read('zh/start.html')).toContain('自动装好；在别的系统上，会告诉你该装什么。')
  })

  test('has the commands of the English page', () => {
    const commandsOf = (page: string): string[] =>
      [...readFileSync(join(docs, page), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gmu)].map(
        ([, block = '']) => block.replaceAll(/ +#.*$/gmu, ''),
      )
    for (const page of ['index.md', 'start.md', 'from-polling-to-sockets.md']) {
      const english = commandsOf(page).map((block) => block.replace(' Ada\n', ' 小林\n'))
      expect(commandsOf(`zh/${page}`), page).toEqual(english)
    }
  })
})

describe('the search', { timeout: 60_000 }, () => {
  interface Index {
    search: (query: string, options: object) => { readonly id: string }[]
  }
  interface MiniSearch {
    loadJSON: (json: string, options: object) => Index
  }

  /** As the browser opens it: the file of the language, with the words of our own. */
  async function open(language: string): Promise<(query: string) => string[]> {
    const ofVitepress = createRequire(
      createRequire(import.meta.url).resolve('vitepress/package.json'),
    )
    const MiniSearch = ofVitepress('minisearch') as MiniSearch
    const file = filesBelow(site, '.js').find((name) =>
      name.includes(`@localSearchIndex${language}.`),
    )
    const { default: json } = (await import(
      /* @vite-ignore */ pathToFileURL(join(site, file ?? '')).href
    )) as { default: string }
    const index = MiniSearch.loadJSON(json, {
      fields: ['title', 'titles', 'text'],
      storeFields: ['title', 'titles'],
      tokenize: searchWords,
    })
    return (query) => index.search(query, { combineWith: 'AND', prefix: true }).map(({ id }) => id)
  }

  test('finds Chinese words, wherever they stand in a sentence', async () => {
    const search = await open('zh')
    expect(search('密钥')).toContain('/zh/start.html#1-启动-parley')
    expect(search('轮询').join(' ')).toContain('/zh/from-polling-to-sockets.html')
    expect(search('会话锁').join(' ')).toContain('/zh/from-polling-to-sockets.html')
    expect(search('不存在的词语')).toEqual([])
  })

  test('finds names of the code and pages of the repository', async () => {
    const search = await open('root')
    expect(search('HOST_JWT_ISSUER').join(' ')).toContain('/environment.html')
    expect(search('parley-chat element').join(' ')).toContain('/project/react.html')
    expect(search('concepts resume').join(' ')).not.toContain('/zh/')
  })

  test('cuts what has no blanks into pairs', () => {
    expect(searchWords('Redis 缓存,ok 消息号')).toEqual([
      'Redis',
      '缓存',
      '存',
      'ok',
      '消息',
      '息号',
      '号',
    ])
  })
})
