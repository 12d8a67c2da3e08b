import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Queue } from '#shared/contract/queue'
import { t } from '#renderer/messages/translate.ts'
import { useRead } from '../../api/use-api.ts'
import { useConnectorNames } from '../../api/use-connector-names.ts'
import { requestSheet, useQueueRequest } from '../../shell/sheet-request.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { StatusGlyph } from '../../ui/status-glyph.tsx'
import { useNow } from '../../ui/use-now.ts'
import { countsOf, glyphOf, headlineOf, isOver, leftOver, namedAs } from './queue-words.ts'

/** How long after its end a queue that left something over is still spoken of in a window that did not see it. */
const NEWS_MS = 3_600_000
const MOST_SOCKETS = 24

/** The queue that is worth a word: an open one, else the newest, while its end was not seen and something is to be done about it. */
export const queueToTell = (
  queues: readonly Queue[],
  known: { readonly seen: ReadonlySet<string>; readonly now: number },
): Queue | null => {
  const open = queues.find((queue) => !isOver(queue))
  if (open !== undefined) return open
  const [newest] = queues
  if (newest === undefined || newest.endedAt === null || newest.state === 'cancelled' || known.seen.has(newest.queueId)) return null
  return leftOver(newest).length > 0 && known.now - Date.parse(newest.endedAt) < NEWS_MS ? newest : null
}

const Strip = ({ queue, onDismiss }: { readonly queue: Queue; readonly onDismiss: () => void }) => {
  const nameOf = useConnectorNames()
  const current = queue.items.find(({ state }) => state === 'running')
  const words =
    queue.state === 'paused' || current === undefined
      ? countsOf(queue)
      : t('queue.dock.waits', { name: namedAs(nameOf(current.connectorId), current.label) })
  return (
    <section
      data-region="queue"
      aria-label={t('queue.name')}
      className="z-20 flex min-h-11 flex-none items-center gap-3 border-t border-line bg-canvas px-4 py-1.5 [--glyph-cut:var(--canvas)]"
    >
      <span aria-hidden="true" className="flex flex-none gap-1">
        {queue.items.slice(0, MOST_SOCKETS).map((item) => (
          <StatusGlyph key={item.position} glyph={glyphOf(item)} size={12} />
        ))}
      </span>
      <p role="status" className="min-w-0 flex-1 truncate text-ink-2">
        <strong className="font-semibold text-ink-1">{headlineOf(queue)}</strong> {words}
      </p>
      <Button size="small" onClick={() => requestSheet({ kind: 'queue', queueId: queue.queueId })}>
        {t('queue.dock.show')}
      </Button>
      {isOver(queue) ? <IconButton icon={X} size="small" name={t('queue.dock.dismiss')} onClick={onDismiss} /> : null}
    </section>
  )
}

const OfProfile = ({ profileId }: { readonly profileId: string }) => {
  const queues = useRead('queue.list', { profileId }).data?.queues ?? []
  const request = useQueueRequest()
  const now = useNow(60_000)
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  const shownId = request !== null && 'queueId' in request ? request.queueId : null
  const hasEnded = queues.some((queue) => queue.queueId === shownId && isOver(queue))
  // Its end was seen in the sheet.
  useEffect(() => {
    if (shownId !== null && hasEnded) setSeen((before) => new Set([...before, shownId]))
  }, [shownId, hasEnded])
  const queue = queueToTell(queues, { seen, now })
  if (queue === null || request !== null) return null
  return <Strip queue={queue} onDismiss={() => setSeen((before) => new Set([...before, queue.queueId]))} />
}

/** A strip above the status bar while a queue is under way and its sheet is hidden, and until what it left over was seen. */
export const QueueDock = () => {
  const { data: status } = useRead('system.status', {})
  if (status === undefined || status.profile === null || status.vault.state !== 'open' || status.storage.state === 'rescue') return null
  return <OfProfile key={status.profile.profileId} profileId={status.profile.profileId} />
}
