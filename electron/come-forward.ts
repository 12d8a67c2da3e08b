import type { BrowserWindow } from 'electron'
import type { Core } from '#core/core'

type Ahead = Pick<BrowserWindow, 'isFocused' | 'isMinimized' | 'showInactive' | 'moveTop' | 'flashFrame' | 'once'>

/** Puts a window before the others and makes the system point at it until it is looked at. The keyboard stays where the person types. */
export const bringForward = (window: Ahead): void => {
  if (window.isFocused()) return
  if (!window.isMinimized()) {
    window.showInactive()
    window.moveTop()
  }
  window.flashFrame(true)
  window.once('focus', () => window.flashFrame(false))
}

/** The core as the window's page calls it: the window comes forward when a sign-in that was started through it has succeeded. */
export const comeForwardAfterSignIn = (
  core: Pick<Core, 'dispatch' | 'onChange' | 'onPublicEvent'>,
  window: () => Ahead | null,
): Pick<Core, 'dispatch' | 'onChange'> => {
  const started = new Set<string>()
  core.onPublicEvent(({ type, data }) => {
    const { flowId, by } = data
    if (typeof flowId !== 'string' || !started.has(flowId)) return
    if (type !== 'connection.activated' && type !== 'flow.failed') return
    started.delete(flowId)
    const target = window()
    if (type === 'connection.activated' && by === 'flow' && target !== null) bringForward(target)
  })
  return {
    onChange: (listener) => core.onChange(listener),
    dispatch: async (caller, method, params) => {
      const reply = await core.dispatch(caller, method, params)
      if (method === 'connect.start' && reply.ok && typeof reply.value === 'object' && reply.value !== null && 'flowId' in reply.value)
        started.add(String(reply.value.flowId))
      return reply
    },
  }
}

/** The window comes forward when a program asks for something that waits for the person: a connection to be chosen, or a yes. */
export const comeForwardWhenAsked = (core: Pick<Core, 'onChange'>, window: () => Ahead | null): (() => void) =>
  core.onChange((event) => {
    const target = window()
    const isAsked = event.type === 'grants.asked' || (event.type === 'picks.changed' && event.data.isOpen)
    if (isAsked && target !== null) bringForward(target)
  })
