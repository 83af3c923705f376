export interface Size {
  readonly width: number
  readonly height: number
}

export const SIZE: Size = { width: 720, height: 380 }
export const MARGIN = { top: 56, right: 24, bottom: 52, left: 82 }

/** Each series keeps its place, and with it its colour. */
const LIGHT = {
  ground: '#ffffff',
  ink: '#1f2328',
  faint: '#59636e',
  rule: '#d8dee4',
  series: ['#0a5ad4', '#bc4c00'],
}
const DARK = {
  ground: '#0d1117',
  ink: '#f0f6fc',
  faint: '#9198a1',
  rule: '#30363d',
  series: ['#6cb0ff', '#ffa657'],
}

/** Colours that a reader with a light or a dark page can read. */
function styleOf({ ground, ink, faint, rule, series }: typeof LIGHT): string {
  return [
    `.ground{fill:${ground}}`,
    `text{fill:${ink};font:13px system-ui,-apple-system,'Segoe UI',sans-serif}`,
    `.title{font-size:16px;font-weight:600}`,
    `.faint{fill:${faint}}`,
    `.rule{stroke:${rule};stroke-width:1}`,
    `.band{fill:${rule};opacity:.6}`,
    ...series.flatMap((colour, at) => [
      `.line${at}{fill:none;stroke:${colour};stroke-width:2.25;stroke-linejoin:round}`,
      `.fill${at}{fill:${colour}}`,
    ]),
  ].join('')
}

export function drawing(
  title: string,
  description: string,
  content: readonly string[],
  { width, height }: Size = SIZE,
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escapeText(title)}</title>`,
    `<desc id="d">${escapeText(description)}</desc>`,
    `<style>${styleOf(LIGHT)}@media (prefers-color-scheme:dark){${styleOf(DARK)}}</style>`,
    `<rect class="ground" width="${width}" height="${height}" rx="6"/>`,
    `<text class="title" x="${MARGIN.left}" y="26">${escapeText(title)}</text>`,
    ...content,
    '</svg>',
    '',
  ].join('\n')
}

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A tenth of a pixel is enough, and keeps the files small and their changes readable. */
export const pixel = (value: number): string => String(Math.round(value * 10) / 10)

/** Names of the series, in one line below the title. Those that are lines are not told by colour alone. */
export function legend(names: readonly string[], dashes: readonly string[]): string[] {
  let x = MARGIN.left
  return names.flatMap((name, at) => {
    const from = x
    x += 44 + name.length * 7.5
    return [
      `<path class="line${at}" stroke-dasharray="${dashes[at] ?? ''}" d="M${pixel(from)} 42h24"/>`,
      `<text x="${pixel(from + 30)}" y="46">${escapeText(name)}</text>`,
    ]
  })
}

export const DASHES = ['', '6 4']
