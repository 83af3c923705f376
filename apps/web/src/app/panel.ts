/** What the pane on the right shows; `null`: it is shut. */
export type Panel = 'members' | 'thread' | 'pins' | 'search' | 'details' | 'moderation' | null
