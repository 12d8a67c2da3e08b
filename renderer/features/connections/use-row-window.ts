import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { type ListRows, rowKey } from './list-rows.ts'
import { HEAD_HEIGHT, lineAt, topOf } from './row-geometry.ts'

/** Lines kept ready above and below what is seen. */
const SPARE = 8
/** The window moves in steps of so many lines, so that not every scrolled line draws the list again. */
const STEP = 4
/** The names of the columns stay over the lines. */
const COLUMN_HEADS = 32

interface Lines {
  readonly first: number
  readonly last: number
}

/** Follows which lines of a list are in sight, in constant time for any length, and keeps what is seen in its place when lines come or go above. */
export const useRowWindow = (scrollerRef: RefObject<HTMLElement | null>, rows: ListRows, rowHeight: number, listKey: string) => {
  const [lines, setLines] = useState<Lines>({ first: 0, last: 24 })
  /** The uppermost lines, by what they stand for, and how far each lies above the edge; none while the list stands at its beginning. */
  const anchors = useRef<readonly { readonly key: string; readonly by: number }[]>([])
  const latest = useRef({ rows, rowHeight, listKey })

  /** As last heard: asking the page again in the middle of drawing would have it laid out twice. */
  const view = useRef({ top: 0, height: 600 })

  const look = useCallback((): void => {
    const { rows: now, rowHeight: height } = latest.current
    const { top } = view.current
    const upper = lineAt(now, top, height)
    const lower = lineAt(now, top + view.current.height - COLUMN_HEADS, height)
    anchors.current = (top === 0 ? [] : [upper, upper + 1, upper + 2]).flatMap((index) => {
      const row = now.at(index)
      return row === undefined ? [] : [{ key: rowKey(row), by: top - topOf(now, index, height) }]
    })
    const first = Math.floor(upper / STEP) * STEP
    const last = Math.ceil((lower + 1) / STEP) * STEP
    setLines((before) => (before.first === first && before.last === last ? before : { first, last }))
  }, [])

  useLayoutEffect(() => {
    const element = scrollerRef.current
    const isOther = latest.current.listKey !== listKey
    latest.current = { rows, rowHeight, listKey }
    if (element === null) return
    const { top } = view.current
    const moveTo = (next: number): void => {
      if (next === top) return
      element.scrollTop = next
      view.current.top = element.scrollTop
    }
    if (isOther) moveTo(0)
    else {
      // One of them may have gone elsewhere: what moved least tells by how much the others were pushed.
      const pushes = anchors.current.flatMap(({ key, by }) => {
        const index = rows.indexOf(key)
        return index === -1 ? [] : [topOf(rows, index, rowHeight) + by - top]
      })
      const push = pushes.toSorted((left, right) => Math.abs(left) - Math.abs(right))[0] ?? 0
      if (Math.abs(push) >= 1) moveTo(top + push)
    }
    look()
  }, [rows, rowHeight, listKey, scrollerRef, look])

  useLayoutEffect(() => {
    const element = scrollerRef.current
    if (element === null) return undefined
    const measure = (): void => {
      view.current = { top: element.scrollTop, height: element.clientHeight }
      look()
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [scrollerRef, look])

  /** Brings a line into view, and with the first of a group the head above it; one from far away comes to the middle, among its neighbours. */
  const reveal = (index: number): void => {
    const element = scrollerRef.current
    if (element === null) return
    const head = rows.heads.includes(index - 1) ? HEAD_HEIGHT : 0
    const top = topOf(rows, index, rowHeight)
    const bottom = topOf(rows, index + 1, rowHeight) + COLUMN_HEADS
    const isFar = bottom < element.scrollTop - element.clientHeight || top > element.scrollTop + 2 * element.clientHeight
    if (isFar) element.scrollTop = (top + bottom - element.clientHeight) / 2
    else if (top - head < element.scrollTop) element.scrollTop = top - head
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight
    view.current.top = element.scrollTop
    look()
  }

  return {
    first: Math.max(0, lines.first - SPARE),
    last: Math.min(rows.length - 1, lines.last + SPARE),
    height: topOf(rows, rows.length, rowHeight),
    reveal,
  }
}
