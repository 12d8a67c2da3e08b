import type { ProfileTest } from '#shared/contract/profiles'

type Check = ProfileTest['checks'][number]

/** One step of the set-up. `unknown`: it is looked at now, or an earlier one is in its way. */
export interface SetUpStep {
  readonly step: 'server' | 'key' | 'callback' | 'integration' | 'connection'
  readonly state: 'done' | 'todo' | 'trouble' | 'unknown'
  /** What was found, where it is not in order. */
  readonly check: Check | null
}

/** What a step is answered by: the checks of a profile's test, by id. */
const CHECKS = { server: ['profile', 'server'], key: ['connections', 'integrations', 'sessions'], callback: ['callback'] } as const

const tested = (step: keyof typeof CHECKS, checks: readonly Check[]): SetUpStep => {
  const own = CHECKS[step].flatMap((id) => checks.filter((check) => check.id === id))
  const wrong = own.find(({ status }) => status === 'fail') ?? own.find(({ status }) => status === 'warn') ?? null
  if (wrong !== null) return { step, state: 'trouble', check: wrong }
  const isDone = own.length === CHECKS[step].length && own.every(({ status }) => status === 'ok')
  return { step, state: isDone ? 'done' : 'unknown', check: null }
}

/** The steps from a Nango to a first account, as they stand; null for what is not known yet. */
export const setUpSteps = (known: {
  readonly test: Pick<ProfileTest, 'checks'> | null
  readonly integrations: number | null
  readonly connections: number | null
}): readonly SetUpStep[] => {
  const checks = known.test?.checks ?? []
  const counted = (step: 'integration' | 'connection', count: number | null): SetUpStep => ({
    step,
    state: count === null ? 'unknown' : count > 0 ? 'done' : 'todo',
    check: null,
  })
  return [
    tested('server', checks),
    tested('key', checks),
    tested('callback', checks),
    counted('integration', known.integrations),
    counted('connection', known.connections),
  ]
}
