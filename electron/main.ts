import { join } from 'node:path'
import * as electron from 'electron'
import Store from 'electron-store'
import { SocketServer } from '#core/automation/socket-server'
import { createCore } from '#core/create-core'
import { hardenHost } from '#core/host-hardening'
import { currentPlace } from '#core/host-paths'
import { runDesktopHost } from './desktop-host.ts'

// The bundle is out/main/main.js.
const root = join(import.meta.dirname, '..', '..')

// Not awaited: Electron becomes ready only after this module has been evaluated.
runDesktopHost({
  electron,
  place: currentPlace(),
  rendererFolder: join(root, 'out', 'renderer'),
  preloadFile: join(root, 'out', 'preload', 'preload.cjs'),
  authPreloadFile: join(root, 'out', 'preload', 'auth-preload.cjs'),
  iconFile: join(root, 'resources', 'icons', '512x512.png'),
  Store,
  createCore: (platform) => createCore(platform, { catalogueFile: join(root, 'resources', 'catalogue.json') }),
  onOpen: ({ log }) => void hardenHost({ log, environment: process.env }),
  createSocketServer: ({ core, platform, showWindow }) =>
    new SocketServer({ core, platform, isTrusted: false, hostMethods: { 'window.open': async () => showWindow() } }),
  say: (sentence) => process.stderr.write(`${sentence}\n`),
}).catch((error: unknown) => {
  process.stderr.write(`Patchbay cannot start: ${error instanceof Error ? error.message : 'unknown error'}\n`)
  electron.app.exit(1)
})
