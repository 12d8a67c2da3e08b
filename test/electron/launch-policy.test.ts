import { describe, expect, it } from 'vitest'
import { refusalOf } from '#electron/launch-policy'

const launch = (more: { environment?: Record<string, string>; switches?: string[]; isPackaged?: boolean }) => ({
  environment: more.environment ?? {},
  hasSwitch: (name: string) => more.switches?.includes(name) ?? false,
  isPackaged: more.isPackaged ?? true,
})

describe('how the desktop program may be started', () => {
  it('starts without switches', () => {
    expect(refusalOf(launch({}))).toBeNull()
  })

  it.each(['NODE_OPTIONS', 'LD_PRELOAD', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES', 'ELECTRON_DISABLE_SANDBOX'])(
    'refuses %s, in a checkout too',
    (name) => {
      expect(refusalOf(launch({ environment: { [name]: '1' } }))).toContain(name)
      expect(refusalOf(launch({ environment: { [name]: '1' }, isPackaged: false }))).toContain(name)
      expect(refusalOf(launch({ environment: { [name]: '' } }))).toBeNull()
    },
  )

  it.each(['no-sandbox', 'disable-setuid-sandbox', 'disable-web-security', 'ignore-certificate-errors', 'load-extension', 'js-flags'])(
    'refuses --%s, in a checkout too',
    (name) => {
      expect(refusalOf(launch({ switches: [name] }))).toContain(`--${name}`)
      expect(refusalOf(launch({ switches: [name], isPackaged: false }))).toContain(`--${name}`)
    },
  )

  it('tells somebody without user namespaces what to do instead', () => {
    expect(refusalOf(launch({ switches: ['no-sandbox'] }))).toContain('patchbay')
  })

  it.each(['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk'])(
    'refuses --%s once installed, and lets tests of a checkout use it',
    (name) => {
      expect(refusalOf(launch({ switches: [name] }))).toContain(`--${name}`)
      expect(refusalOf(launch({ switches: [name], isPackaged: false }))).toBeNull()
    },
  )
})
