import { afterEach, beforeEach } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import { type Ran, runPatchbay, type Typed } from '#test/cli/terminal-stand-in'
import { temporaryFolder } from '#test/transports/socket-peer'
import { makeCore, type TestCore } from './make-core.ts'

/** What is started for a command line to reach: a core, and what stands around it. */
interface Reachable {
  readonly core: TestCore
  readonly stop: () => Promise<void>
}

/** A host that command lines reach over its socket, in a home of its own. */
export interface CliHost<W extends Reachable> {
  readonly home: string
  readonly world: W
  readonly core: TestCore
  /** Runs one command line against it, its words in a list or with spaces between them; each is as a process of its own. */
  readonly patchbay: (args: string | readonly string[], typed?: Typed) => Promise<Ran>
}

/** A core whose profile is a sandbox without connections. */
export const sandboxIn = async (folder: string): Promise<Reachable> => {
  const core = await makeCore({ folder })
  await core.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
  return { core, stop: core.stop }
}

/**
 * A host for every test of the suite that calls this, there from its `beforeEach` on; `start` makes its core in the folder that it is given.
 * `isTrusted`: its command line needs no yes.
 */
export const useCliHost = <W extends Reachable>(start: (folder: string) => Promise<W>, isTrusted = false): CliHost<W> => {
  const patchbay: CliHost<W>['patchbay'] = (args, typed) => {
    process.exitCode = undefined
    return runPatchbay(host.home, typeof args === 'string' ? args.split(' ') : args, typed)
  }
  const host = { patchbay } as { home: string; world: W; core: TestCore; patchbay: CliHost<W>['patchbay'] }
  let stop = async (): Promise<void> => {}
  beforeEach(async () => {
    const folder = temporaryFolder()
    const world = await start(folder.path)
    const { core, platform } = world.core
    const server = new SocketServer({ core, platform, isTrusted })
    await server.start()
    Object.assign(host, { home: folder.path, world, core: world.core })
    stop = async () => {
      stop = async () => {}
      process.exitCode = undefined
      await server.stop()
      await world.stop()
      folder.remove()
    }
  })
  afterEach(() => stop())
  return host
}
