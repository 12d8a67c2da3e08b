import type { Settings } from '#shared/contract/settings'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { useRead, useWrite } from '../../api/use-api.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { RadioRow } from '../../ui/radio-row.tsx'
import { Switch } from '../../ui/switch.tsx'
import { SectionFrame } from './section-frame.tsx'

/** Theme, density, keys and how sign-in pages open. */
export const AppearanceSection = () => {
  const known = useRead('settings.get', {}).data ?? DEFAULT_SETTINGS
  const update = useWrite('settings.update')
  const settings: Settings = { ...known, ...(update.isPending ? update.variables : {}) } as Settings
  return (
    <SectionFrame title="Appearance" lead="Every change holds at once, in every window of this Patchbay.">
      <div className="flex flex-col gap-2 rounded-8 border border-line px-4 pt-3 pb-4">
        <RadioRow
          label="Theme"
          hint="System follows the setting of your computer."
          isOptional={false}
          value={settings.theme}
          onValueChange={(theme) => update.mutate({ theme })}
          options={[
            { value: 'system', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
        <RadioRow
          label="Rows of lists"
          hint="Regular rows are 40 high, compact ones 32."
          value={settings.density}
          onValueChange={(density) => update.mutate({ density })}
          options={[
            { value: 'regular', label: 'Regular' },
            { value: 'compact', label: 'Compact' },
          ]}
        />
        <RadioRow
          label="Sign-in pages open"
          hint="Some services refuse windows of programs; those open in your browser anyway. Each sign-in can still choose."
          value={settings.connectVia}
          onValueChange={(connectVia) => update.mutate({ connectVia })}
          options={[
            { value: 'browser', label: 'In your browser' },
            { value: 'window', label: 'In a window of Patchbay' },
          ]}
        />
        <Switch
          label="Single-key shortcuts"
          hint="C connects, F refreshes, / searches. Press ? to see those of a page. Keys with Ctrl or Cmd always work."
          isOn={settings.singleKeyShortcuts}
          onChange={(singleKeyShortcuts) => update.mutate({ singleKeyShortcuts })}
        />
      </div>
      {update.error === null ? null : <ErrorNotice error={update.error} title="The setting was not kept." />}
    </SectionFrame>
  )
}
