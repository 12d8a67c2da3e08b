import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron'
import type { Caller } from '#core/caller'
import type { Core } from '#core/core'
import type { Log } from '#core/log'
import { CHANNELS } from '#shared/channels'
import { PatchbayError, toWire } from '#shared/errors'
import { LIMITS, type Reply } from '#shared/wire'
import { APP_ORIGIN } from './protocol.ts'
import { createRateBucket } from './rate-bucket.ts'

const UI: Caller = { kind: 'ui' }
const MAX_METHOD_LENGTH = 200

/** Who may send on a channel: the top frame of this page, while it shows this origin. */
export interface ExpectedSender {
  readonly contents: () => WebContents | null
  readonly origin: string
}

/** Whether a message comes from the page it must come from. A frame that has navigated or died is null and refused. */
export const isExpectedSender = (event: IpcMainInvokeEvent, expected: ExpectedSender): boolean => {
  const contents = expected.contents()
  const frame = event.senderFrame
  return (
    contents !== null &&
    !contents.isDestroyed() &&
    event.sender === contents &&
    frame !== null &&
    !frame.isDestroyed() &&
    !frame.detached &&
    frame.parent === null &&
    frame.frameToken === contents.mainFrame.frameToken &&
    frame.origin === expected.origin
  )
}

/** The one place that registers a channel: every message is checked for its sender before `answer` sees it. */
export const handleFrom = (
  ipc: Pick<IpcMain, 'handle'>,
  channel: string,
  expected: ExpectedSender,
  log: Log,
  answer: (args: readonly unknown[]) => Promise<Reply>,
): void => {
  ipc.handle(channel, async (event, ...args: unknown[]): Promise<Reply> => {
    if (!isExpectedSender(event, expected)) {
      log.warn('ipc.refused', { channel, reason: 'sender' })
      return failure(new PatchbayError('automation.denied'))
    }
    try {
      return await answer(args)
    } catch (error) {
      if (!(error instanceof PatchbayError)) log.error('ipc.failed', { channel, error })
      return failure(error)
    }
  })
}

const failure = (error: unknown): Reply => ({ ok: false, error: toWire(error) })

/** Walks what arrived without recursion; throws `request.too_large` beyond the limits of a socket line, `request.invalid` for what JSON cannot say. */
export const assertWithinLimits = (value: unknown): void => {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }]
  let bytes = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: item, depth } = next
    bytes += 8
    if (typeof item === 'string') bytes += item.length
    else if (Array.isArray(item)) {
      bytes += item.length
      // Before the elements are visited: a sparse array can claim four thousand million of them.
      if (bytes > LIMITS.lineInBytes) throw new PatchbayError('request.too_large')
      for (const element of item) waiting.push({ value: element, depth: depth + 1 })
    } else if (typeof item === 'object' && item !== null) {
      const prototype: unknown = Object.getPrototypeOf(item)
      if (prototype !== Object.prototype && prototype !== null) throw new PatchbayError('request.invalid')
      for (const [key, entry] of Object.entries(item)) {
        waiting.push({ value: entry, depth: depth + 1 })
        bytes += key.length
      }
    } else if (!(item === null || item === undefined || typeof item === 'boolean' || (typeof item === 'number' && Number.isFinite(item)))) {
      throw new PatchbayError('request.invalid')
    }
    // Counted while walking, so that a value that contains itself ends here too.
    if (bytes > LIMITS.lineInBytes || depth > LIMITS.depth) throw new PatchbayError('request.too_large')
  }
}

export interface IpcOptions {
  readonly ipcMain: Pick<IpcMain, 'handle'>
  readonly core: Pick<Core, 'dispatch' | 'onChange'>
  readonly log: Log
  readonly monotonicNow: () => number
  /** The window's page, or null while there is none. */
  readonly contents: () => WebContents | null
}

/** Joins the window's page to the core: calls in, change events out. Returns the function that ends the events. */
export const connectIpc = ({ ipcMain, core, log, monotonicNow, contents }: IpcOptions): (() => void) => {
  const mayPass = createRateBucket(1000, 500, monotonicNow)
  handleFrom(ipcMain, CHANNELS.call, { contents, origin: APP_ORIGIN }, log, async ([method, params]) => {
    if (!mayPass()) throw new PatchbayError('request.too_large', { message: 'Too many calls at once.', data: { retryAfterMs: 1000 } })
    if (typeof method !== 'string' || method.length > MAX_METHOD_LENGTH) throw new PatchbayError('request.malformed')
    assertWithinLimits(params)
    return core.dispatch(UI, method, params)
  })
  return core.onChange((event) => {
    const page = contents()
    if (page === null || page.isDestroyed() || page.mainFrame.origin !== APP_ORIGIN) return
    page.send(CHANNELS.event, event)
  })
}
