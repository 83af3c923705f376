/** Pages of the repository that lie outside of `docs`, and the page of the site that includes each. */
export const REPOSITORY_PAGES: Readonly<Record<string, string>> = {
  'README.md': 'index.md',
  'ARCHITECTURE.md': 'project/architecture.md',
  'CONTRIBUTING.md': 'project/contributing.md',
  'SECURITY.md': 'project/security.md',
  'CHANGELOG.md': 'project/changelog.md',
  'packages/react/README.md': 'project/react.md',
  'packages/client/SPEC.md': 'project/client-spec.md',
  'examples/README.md': 'project/examples.md',
  examples: 'project/examples.md',
  'examples/node-bot/README.md': 'project/example-node-bot.md',
  'examples/php/README.md': 'project/example-php.md',
  'examples/plain-html/README.md': 'project/example-plain-html.md',
  'examples/react-room/README.md': 'project/example-react-room.md',
  'examples/support-chat/README.md': 'project/example-support-chat.md',
}

/** Where the text of a page of the site is written: links in it start from there. */
export function sourceOf(page: string): string {
  const included = Object.entries(REPOSITORY_PAGES).find(
    ([source, name]) => name === page && name.startsWith('project/') && source.endsWith('.md'),
  )
  return included?.[0] ?? `docs/${page}`
}

/** The page of the site for a file of the repository, if it has one. */
export function pageOf(file: string): string | null {
  const included = REPOSITORY_PAGES[file.replace(/\/$/u, '')]
  if (included !== undefined) return included
  return file.startsWith('docs/') && file.endsWith('.md') ? file.slice('docs/'.length) : null
}
