import { expect, test } from 'vitest'
import type { ProfileTest } from '#shared/contract/profiles'
import { setUpSteps } from '#renderer/features/connections/set-up-steps.ts'

type Status = ProfileTest['checks'][number]['status']

const IDS = ['profile', 'server', 'connections', 'integrations', 'sessions', 'callback']

const checks = (changed: Readonly<Record<string, Status>> = {}): Pick<ProfileTest, 'checks'> => ({
  checks: IDS.map((id) => ({ id, status: changed[id] ?? 'ok', summary: id, fix: null })),
})

const states = (test: Pick<ProfileTest, 'checks'> | null, integrations: number | null = 0, connections: number | null = 0): string =>
  setUpSteps({ test, integrations, connections })
    .map(({ step, state, check }) => `${step} ${state}${check === null ? '' : ` ${check.id}`}`)
    .join(', ')

test('A61: each step of the set-up is told by what was looked at, and what is not known is not claimed', () => {
  expect(states(null, null, null)).toBe('server unknown, key unknown, callback unknown, integration unknown, connection unknown')
  expect(states(checks())).toBe('server done, key done, callback done, integration todo, connection todo')
  expect(states(checks(), 3, 1)).toBe('server done, key done, callback done, integration done, connection done')
  expect(states(checks({ sessions: 'fail', callback: 'warn' }), 1)).toBe(
    'server done, key trouble sessions, callback trouble callback, integration done, connection todo',
  )
  const skipped = { connections: 'skipped', integrations: 'skipped', sessions: 'skipped', callback: 'skipped' } as const
  expect(states(checks({ server: 'fail', ...skipped }), null)).toBe(
    'server trouble server, key unknown, callback unknown, integration unknown, connection todo',
  )
})
