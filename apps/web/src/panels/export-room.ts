import { ChatError, createAccounts } from '@parley/client'

/** The messages of a room as lines of JSON. Read as a file, which the calls of the chat are not. */
export async function readExport(roomId: string): Promise<Blob> {
  const account = createAccounts().saved()
  const token = await account?.getToken(null)
  const response = await fetch(`/v1/rooms/${encodeURIComponent(roomId)}/export`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
  if (response.ok) return await response.blob()
  const problem = (await response.json().catch(() => null)) as { code?: string } | null
  throw new ChatError({
    code: (problem?.code ?? 'INTERNAL') as ChatError['code'],
    message: 'The export was refused.',
  })
}

/** A name for a file: without what file systems do not take. */
export function exportName(title: string): string {
  const plain = title.replaceAll(/[\s\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, ' ').trim()
  return `${plain.slice(0, 60).trim() || 'room'}.ndjson`
}

/** Gives a file to the browser. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
