import { toast } from '../ui/toaster.tsx'

export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast({ text: done, tone: 'done' })
  } catch {
    toast({ text: 'The browser did not allow to copy. Select it and copy it.', tone: 'problem' })
  }
}
