import { setImmediate as nextTurn } from 'node:timers/promises'

/** A client that reads nothing for so long loses its connection, so that it holds no memory and no place. */
const MAX_STALL_MS = 30_000

/**
 * Returns a body that asks for each part only when the client has read the one before it. If the client goes away or stops
 * reading, or if a part fails, the parts end early, and the client sees that the body is incomplete.
 */
export function streamBody(
  parts: AsyncIterator<string>,
  maxStallMs: number = MAX_STALL_MS,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let timer: NodeJS.Timeout | undefined

  function waitForReader(controller: ReadableStreamDefaultController<Uint8Array>): void {
    timer = setTimeout(() => {
      controller.error(new Error('The client stopped reading'))
      void parts.return?.()
    }, maxStallMs).unref()
  }

  return new ReadableStream<Uint8Array>(
    {
      start: waitForReader,
      async pull(controller) {
        clearTimeout(timer)
        await nextTurn() // parts that come from memory would otherwise follow each other without a turn of the event loop
        try {
          const { done, value } = await parts.next()
          if (done) return controller.close()
          controller.enqueue(encoder.encode(value))
          waitForReader(controller)
        } catch (error) {
          controller.error(error)
        }
      },
      async cancel() {
        clearTimeout(timer)
        await parts.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
