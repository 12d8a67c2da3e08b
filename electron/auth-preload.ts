import { contextBridge, ipcRenderer } from 'electron'
import { CHANNELS } from '#shared/channels'
import type { AuthBridge } from '#shared/auth-session'
import type { Reply } from '#shared/wire'

declare const location: { readonly href: string }

const bridge: AuthBridge = {
  session: () => ipcRenderer.invoke(CHANNELS.authSession) as Promise<Reply>,
  report: (outcome) => {
    void ipcRenderer.invoke(CHANNELS.authOutcome, outcome)
  },
}

// The sign-in popup must get nothing, even if it ever inherited this script.
if (location.href.startsWith('patchbay://auth/')) contextBridge.exposeInMainWorld('patchbayAuth', bridge)
