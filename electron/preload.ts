import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge } from '#shared/bridge'
import { CHANNELS } from '#shared/channels'
import type { ChangeEvent } from '#shared/contract/contract'
import type { Reply } from '#shared/wire'

const bridge: Bridge = {
  call: (method, params): Promise<Reply> => ipcRenderer.invoke(CHANNELS.call, method, params) as Promise<Reply>,
  onEvent: (listener) => {
    // The page gets the change alone: Electron's own event object would hand it `sender`.
    const forward = (_event: unknown, change: ChangeEvent): void => listener(change)
    ipcRenderer.on(CHANNELS.event, forward)
    return () => {
      ipcRenderer.removeListener(CHANNELS.event, forward)
    }
  },
}

contextBridge.exposeInMainWorld('patchbay', bridge)
