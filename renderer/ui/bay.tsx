import { Toolbar } from '@base-ui/react/toolbar'
import { useEffect, useRef, useState } from 'react'
import type { ConnectionGroup, ConnectionStatus } from '#shared/contract/connections'
import { barLengths, bayName, glyphsWidth, type Socket } from './bay-layout.ts'
import { cx } from './class-names.ts'
import { formatNumber } from '#renderer/messages/translate.ts'
import { StatusGlyph } from './status-glyph.tsx'
import { GROUPS, groupWords, statusWord } from './status-words.ts'
import { Tooltip } from './tooltip.tsx'

const BAR: Readonly<Record<ConnectionGroup, { readonly glyph: ConnectionStatus; readonly color: string }>> = {
  needs_you: { glyph: 'attention', color: 'bg-attention' },
  waiting: { glyph: 'pending', color: 'bg-pending' },
  working: { glyph: 'connected', color: 'bg-line-strong' },
  off: { glyph: 'paused', color: 'bg-paused' },
}

const useWidth = () => {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = ref.current
    if (element === null) return undefined
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
}

/** The strip of sockets: one glyph a connection, or one bar a group when they do not fit or `sockets` is null. One tab stop, arrows inside. */
export const Bay = ({
  counts,
  sockets,
  onPick,
  onPickGroup,
}: {
  readonly counts: Readonly<Record<ConnectionGroup, number>>
  /** All sockets in list order, or null when they are too many to be known one by one. */
  readonly sockets: readonly Socket[] | null
  readonly onPick: (connectionId: string) => void
  readonly onPickGroup: (group: ConnectionGroup) => void
}) => {
  const { ref, width } = useWidth()
  const sizes = GROUPS.map((group) => counts[group])
  const isSingle = sockets !== null && glyphsWidth(sizes) <= width
  const lengths = barLengths(sizes, width)
  return (
    <div ref={ref} className="h-8 flex-none overflow-hidden">
      {width === 0 ? null : (
        <Toolbar.Root aria-label={bayName(counts)} className="flex h-8 items-center gap-2">
          {GROUPS.map((group, index) => {
            if (counts[group] === 0) return null
            if (isSingle) {
              return (
                <Toolbar.Group key={group} className="flex">
                  {sockets
                    .filter((socket) => socket.group === group)
                    .map((socket) => (
                      <Tooltip key={socket.connectionId} text={`${socket.name}: ${statusWord(socket.status)}`}>
                        <Toolbar.Button
                          aria-label={`${socket.name}: ${statusWord(socket.status)}`}
                          onClick={() => onPick(socket.connectionId)}
                          className="grid h-7 w-4 place-items-center rounded-4 outline-offset-0 hover:bg-hover"
                        >
                          <StatusGlyph
                            glyph={socket.status}
                            size={12}
                            {...(socket.status === 'connected' ? { color: 'text-ink-3' } : {})}
                          />
                        </Toolbar.Button>
                      </Tooltip>
                    ))}
                </Toolbar.Group>
              )
            }
            return (
              <Tooltip key={group} text={`${groupWords(group).name}: ${formatNumber(counts[group])}`}>
                <Toolbar.Button
                  aria-label={`${groupWords(group).name}: ${formatNumber(counts[group])}`}
                  onClick={() => onPickGroup(group)}
                  className="flex h-7 items-center gap-1.5 rounded-4 outline-offset-0 hover:bg-hover"
                >
                  <StatusGlyph glyph={BAR[group].glyph} size={12} {...(group === 'working' ? { color: 'text-ink-3' } : {})} />
                  <span
                    className={cx('h-2 rounded-full border border-transparent bg-clip-border', BAR[group].color)}
                    style={{ width: lengths[index] }}
                  />
                  <span className="text-small text-ink-2">{formatNumber(counts[group])}</span>
                </Toolbar.Button>
              </Tooltip>
            )
          })}
        </Toolbar.Root>
      )}
    </div>
  )
}
