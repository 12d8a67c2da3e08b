import { chmodSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { runDoctor } from '#core/health/doctor'
import type { CheckSpec, DoctorSubjects } from '#core/health/doctor-subjects'
import { ok } from '#core/health/doctor-subjects'
import { DOCTOR_GROUPS } from '#shared/contract/trouble'
import { asSaid } from '#shared/sentence'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'

describe('a look of the doctor', () => {
  let nango: FakeNango | null = null
  let core: TestCore | null = null
  afterEach(async () => {
    await core?.stop()
    await nango?.stop()
    core = null
    nango = null
  })

  const begin = async (environment: Record<string, string> = {}): Promise<TestCore> => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
    core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey, ...environment } })
    return core
  }

  test('tells each result as it comes, and ends with all of them', async () => {
    const { cli, changes } = await begin()
    const run = await cli.system.startDoctor({})
    expect(run).toMatchObject({ state: 'running' })
    expect((await cli.system.startDoctor({})).runId).toBe(run.runId)
    const done = await eventually(async () => {
      const now = await cli.system.doctorRun({ runId: run.runId })
      return now.state === 'done' ? now : null
    })
    expect(done.remaining).toEqual([])
    expect(changes.filter(({ type }) => type === 'doctor.changed').length).toBeGreaterThan(10)
    expect(new Set(done.checks.map(({ id }) => id)).size).toBe(done.checks.length)
    const order = done.checks.map(({ group }) => DOCTOR_GROUPS.indexOf(group))
    expect(order[0]).toBe(0)
    for (const { status, fix, durationMs } of done.checks) {
      expect(durationMs).toBeGreaterThanOrEqual(0)
      if (status !== 'ok') expect(fix).not.toBeNull()
    }
  })

  test('can be cancelled and keeps what it found; a look that nobody began is refused', async () => {
    const { cli } = await begin()
    const { runId } = await cli.system.startDoctor({})
    expect(await cli.system.cancelDoctor({ runId })).toMatchObject({ state: 'cancelled' })
    const after = await cli.system.doctorRun({ runId })
    expect(after).toMatchObject({ state: 'cancelled' })
    expect(after.remaining.length).toBeGreaterThan(0)
    await expect(cli.system.doctorRun({ runId: '0123456789ab' })).rejects.toMatchObject({ code: 'request.invalid' })
  })

  test('a check that hangs or breaks is a finding, and the others go on', async () => {
    const subjects = {} as DoctorSubjects
    const checks: CheckSpec[] = [
      { id: 'hangs', group: 'host', deadlineMs: 20, run: () => new Promise(() => {}) },
      { id: 'breaks', group: 'vault', run: () => Promise.reject(new Error('torn')) },
      { id: 'goes', group: 'logs', run: () => [ok('logs', 'goes', asSaid('It goes.'))] },
    ]
    const found = await runDoctor(subjects, { checks })
    expect(found.map(({ id, status }) => [id, status])).toEqual([
      ['hangs', 'warn'],
      ['breaks', 'warn'],
      ['goes', 'ok'],
    ])
    expect(found[0]?.summary).toContain('did not answer within 0.02 seconds')
    expect(found[1]?.evidence).toEqual(['torn'])
  })

  test('names an integration that a variable names and Nango does not have', async () => {
    const { cli } = await begin({ GITHUB_INTEGRATION_KEY: 'github-production' })
    await cli.catalogue.list({ search: 'github' })
    const { checks } = await cli.system.doctor({})
    expect(checks.find(({ id }) => id === 'integration_names')).toMatchObject({ status: 'warn', fixAction: { route: '/connectors' } })
    expect(checks.find(({ id }) => id === 'integration_names')?.evidence[0]).toContain(
      'GITHUB_INTEGRATION_KEY names the integration github-production',
    )
  })

  test('sees a folder that others may read, and offers a call or a page where a program can mend it', async () => {
    const { cli, platform } = await begin()
    chmodSync(platform.dataFolder, 0o755)
    await nango?.stop()
    const { checks } = await cli.system.doctor({})
    const find = (id: string) => checks.find((check) => check.id === id)
    expect(find('data_folder')).toMatchObject({ status: 'fail', evidence: ['mode 0755'], fix: expect.stringContaining('chmod 700') })
    expect(find('nango_server')).toMatchObject({ status: 'fail', fixAction: { method: 'profiles.test', params: { profileId: 'env' } } })
    expect(find('nango_enabled')).toMatchObject({ status: 'ok' })
    expect(find('connector_manifests')).toMatchObject({ status: 'ok' })
    expect(find('logs')).toMatchObject({ group: 'logs' })
  })

  test('a fault that the sandbox was told to have is named, and can be switched off', async () => {
    core = await makeCore()
    const { ui, cli } = core
    await ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
    await ui.sandbox.update({ isProviderDown: true })
    const find = async () => (await cli.system.doctor({})).checks.find(({ id }) => id === 'sandbox_faults')
    const found = await find()
    expect(found).toMatchObject({ status: 'warn', fixAction: { method: 'sandbox.calm' } })
    await ui.sandbox.calm({})
    expect(await find()).toMatchObject({ status: 'ok' })
  })

  test('a locked vault still gets an answer about everything that can be known', async () => {
    const { cli, platform } = await begin()
    platform.keychain.state = 'locked'
    await core?.stop()
    core = await makeCore({ platform })
    const { checks } = await core.cli.system.doctor({})
    expect(checks.find(({ id }) => id === 'vault')).toMatchObject({ status: 'fail', fixAction: { route: '/settings/vault' } })
    expect(checks.map(({ id }) => id)).not.toContain('profile')
    expect(cli).toBeDefined()
  })
})
