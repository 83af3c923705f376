import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { CHINESE, CHINESE_SEARCH } from './chinese.ts'
import { joinChineseLines } from './chinese-lines.ts'
import { anchorOf, linkRepository } from './repository-links.ts'
import { searchWords } from './search-words.ts'
import { NAV, SIDEBAR } from './sidebar.ts'

/**
 * Where files of the repository are to be read, such as https://…/blob/main: their paths are appended.
 * Without it links to them are words.
 */
const repositoryUrl = (env['DOCS_REPOSITORY_URL'] ?? '').replace(/\/+$/u, '')
if (repositoryUrl !== '' && !URL.canParse(repositoryUrl)) {
  throw new Error(
    'DOCS_REPOSITORY_URL has to be an address like https://git.example/parley/blob/main.',
  )
}
const DOT = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4f5bd5"/><path d="M8 10h16M8 16h16M8 22h9" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
)}`

/** For tests: the same pages without colours in code, and larger, in half of the time. */
const isDraft = env['DOCS_DRAFT'] !== undefined
const plain = (code: string): string =>
  `<pre v-pre><code>${code.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>`

/** Pages of wide tables: they get the place of the outline too. */
const WIDE = new Set([
  'features.md',
  'comparison.md',
  'rest.md',
  'permissions.md',
  'errors.md',
  'environment.md',
  'metrics.md',
  'scoreboard.md',
])

export default defineConfig({
  title: 'Parley',
  description:
    'A chat backend that you run yourself: rooms are numbered logs, and nothing acknowledged is lost.',
  // Below which path the site is served.
  base: env['DOCS_BASE'] ?? '/',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: DOT }]],
  // Examples name addresses of this machine.
  ignoreDeadLinks: 'localhostLinks',
  useWebFonts: false,
  vite: {
    publicDir: fileURLToPath(new URL('public', import.meta.url)),
    build: {
      chunkSizeWarningLimit: 4_000,
      ...(isDraft && { minify: false, rollupOptions: { treeshake: false } }),
    },
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === 'parley-chat' } } },
  transformPageData: ({ relativePath, frontmatter }) =>
    WIDE.has(relativePath)
      ? { frontmatter: { ...frontmatter, aside: false, pageClass: 'wide' } }
      : {},
  markdown: {
    ...(isDraft && { highlight: plain }),
    anchor: { slugify: anchorOf },
    config: (md) => {
      linkRepository(md, repositoryUrl)
      joinChineseLines(md)
    },
  },
  locales: {
    root: { label: 'English', lang: 'en' },
    zh: { label: '简体中文', lang: 'zh-CN', link: '/zh/', ...CHINESE },
  },
  themeConfig: {
    nav: NAV,
    sidebar: SIDEBAR,
    outline: [2, 3],
    // Only some pages are there in other languages: the menu leads to the first of a language.
    i18nRouting: false,
    externalLinkIcon: true,
    search: {
      provider: 'local',
      options: {
        locales: { zh: CHINESE_SEARCH },
        miniSearch: {
          options: { tokenize: searchWords },
          searchOptions: { combineWith: 'AND', fuzzy: 0.1, prefix: true },
        },
      },
    },
    footer: { message: 'Apache-2.0' },
  },
})
