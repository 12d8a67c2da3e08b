import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DEBUG_LASTS_MS } from '#core/health/log-level'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { makeCore } from '#test/helpers/make-core'

describe('the level of the log', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is LOG_LEVEL, changes while the host runs, and debug turns itself off after an hour', async () => {
    const core = await makeCore({ environment: { LOG_LEVEL: 'warn' } })
    const lines = (): string => readFileSync(join(core.platform.dataFolder, 'logs', 'patchbay.log'), { encoding: 'utf8', flag: 'a+' })
    const provoke = (): Promise<unknown> => core.cli.connections.get({ connectionId: 'github/none' }).catch(() => {})
    await provoke()
    expect(lines()).not.toContain('call.failed')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await core.ui.settings.update({ logLevel: 'debug' })
    await provoke()
    expect(lines()).toContain('call.failed')
    await vi.advanceTimersByTimeAsync(DEBUG_LASTS_MS + 1)
    expect(await core.ui.settings.get({})).toMatchObject({ logLevel: 'environment' })
    const before = lines().length
    await provoke()
    expect(lines()).toHaveLength(before)
    vi.useRealTimers()
    await core.stop()
  })

  test('debug does not outlive its host, another level does', async () => {
    const platform = createFakePlatform({ environment: {} })
    platform.settings.write({ logLevel: 'debug' })
    const first = await makeCore({ platform })
    first.core.log.debug('quiet', {})
    await first.ui.settings.update({ logLevel: 'error' })
    first.core.log.info('quiet', {})
    await first.stop()
    const second = await makeCore({ platform })
    second.core.log.info('quiet', {})
    second.core.log.error('loud', {})
    await second.stop()
    const text = readFileSync(join(platform.dataFolder, 'logs', 'patchbay.log'), 'utf8')
    expect(text).not.toContain('quiet')
    expect(text).toContain('loud')
    platform.dispose()
  })
})
