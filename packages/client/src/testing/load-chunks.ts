/**
 * What is fetched when it is first needed, fetched: where the clock stands still, how long that takes
 * would decide which tick of it comes first.
 */
export async function loadChunks(): Promise<void> {
  await Promise.all([
    import('../chat/chat-actions.ts'),
    import('../messages/create-messages.ts'),
    import('../outbox/create-drafts.ts'),
    import('../people/people-requests.ts'),
    import('../people/read-batch.ts'),
    import('../presence/page-idle.ts'),
    import('../rooms/ask-unread.ts'),
    import('../rooms/hear-typing.ts'),
    import('../rooms/others-reading.ts'),
    import('../rooms/room-actions.ts'),
    import('../rooms/show-latest.ts'),
  ])
}
