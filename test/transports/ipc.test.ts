import type { Core } from '#core/core'
import { SILENT_LOG } from '#core/log'
import { connectIpc, type IpcOptions } from '#electron/ipc'
import { CHANNELS } from '#shared/channels'
import type { ChangeEvent } from '#shared/contract/contract'
import type { Reply } from '#shared/wire'
import { createFakeElectron } from '#test/helpers/fake-electron'
import { fromPage } from '#test/helpers/fake-web-contents'
import { describeChanges, describeTransport, type ListeningClient, type RunningTransport } from './describe-transport.ts'

/** Electron's IPC over the strict fake: what crosses it is cloned, as between processes. */
const start = async (core: Core): Promise<RunningTransport<ListeningClient>> => {
  const fake = createFakeElectron()
  const window = new fake.BrowserWindow({})
  window.webContents.mainFrame.origin = 'patchbay://app'
  const stop = connectIpc({
    ipcMain: fake.modules.ipcMain,
    core,
    log: SILENT_LOG,
    monotonicNow: () => performance.now(),
    contents: () => window.webContents as unknown as ReturnType<IpcOptions['contents']>,
  })
  return {
    connect: async () => ({
      call: async (method, params) =>
        structuredClone(await fake.ipcMain.invoke(fromPage(window.webContents), CHANNELS.call, method, structuredClone(params))) as Reply,
      onChange: (listener) => {
        window.webContents.arrivals.add((channel, event) => {
          if (channel === CHANNELS.event) listener(event as ChangeEvent)
        })
      },
      close: () => {},
    }),
    stop: async () => stop(),
  }
}

describeTransport('IPC', start)
describeChanges('IPC', start)
