import { Download } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Profile } from '#shared/contract/profiles'
import { countOutcomes, rejectedFile } from '#shared/import-run'
import { t } from '#renderer/messages/translate.ts'
import { whereOf } from '../../shell/profile-words.ts'
import { Button } from '../../ui/button.tsx'
import { saveText } from '../../ui/save-text.ts'
import { Sheet } from '../../ui/sheet.tsx'
import { FileDrop } from './file-drop.tsx'
import { ImportCheck } from './import-check.tsx'
import { ImportEnd, Running } from './import-end.tsx'
import { reasonText } from './import-words.ts'
import { type ImportStep, type ImportWork, useImport } from './use-import.ts'

/** `accounts.csv` as `accounts.rejected.csv`, as the command line names it. */
const rejectedName = (name: string, format: 'csv' | 'json'): string =>
  `${name.replace(/\.[^.]{1,8}$/, '').slice(0, 100) || 'import'}.rejected.${format}`

const MEDIA_TYPES = { csv: 'text/csv;charset=utf-8', json: 'application/json' } as const

const saveRejected = ({ source, mapping, results }: Extract<ImportStep, { step: 'end' }>, withSecrets: boolean): void => {
  const { file, name } = source
  const content = rejectedFile(file, mapping, results, { withSecrets, reasonOf: ({ reason }) => reasonText(reason) })
  if (content !== null) saveText(rejectedName(name, file.format), content, MEDIA_TYPES[file.format])
}

const Foot = ({
  work,
  withSecrets,
  onClose,
}: {
  readonly work: ImportWork
  readonly withSecrets: boolean
  readonly onClose: () => void
}) => {
  const { state } = work
  const closing = (key: 'import.cancel' | 'import.close') => <Button onClick={onClose}>{t(key)}</Button>
  if (state.step === 'choose') return closing('import.cancel')
  if (state.step === 'run')
    return (
      <Button onClick={work.stop} isBusy={state.isStopping}>
        {t('import.stop')}
      </Button>
    )
  if (state.step === 'check') {
    const counts = state.planned === null ? null : countOutcomes(state.planned.results)
    const wanted = counts === null ? 0 : counts.create + counts.update + counts.adopt
    return (
      <>
        {closing('import.cancel')}
        <Button
          variant="primary"
          isBusy={state.isChecking}
          disabledReason={state.isChecking || wanted > 0 ? null : t('import.check.nothing')}
          onClick={work.start}
        >
          {t('import.start', { count: wanted })}
        </Button>
      </>
    )
  }
  const counts = countOutcomes(state.results)
  if (counts.refused + counts.not_tried === 0) return closing('import.close')
  return (
    <>
      <Button variant="ghost" onClick={work.anew} className="mr-auto">
        {t('import.check.other')}
      </Button>
      {closing('import.close')}
      <Button variant="primary" icon={Download} onClick={() => saveRejected(state, withSecrets)}>
        {t('import.end.save')}
      </Button>
    </>
  )
}

/** Brings the rows of a file into a profile. What the file holds is in the state of this sheet alone, and gone with it. */
export const ImportSheet = ({ profile, onClose }: { readonly profile: Profile; readonly onClose: () => void }) => {
  const work = useImport(profile.profileId)
  const { state } = work
  const [withSecrets, setWithSecrets] = useState(false)
  const chooser = useRef<HTMLButtonElement>(null)
  return (
    <Sheet
      isOpen
      // What runs is stopped first, and what became of it shown.
      onClose={state.step === 'run' ? work.stop : onClose}
      closeName={t(state.step === 'run' ? 'import.stop' : 'import.close')}
      title={t('import.title')}
      subtitle={t('import.into', { place: `${profile.name} (${whereOf(profile)})` })}
      initialFocus={chooser}
      foot={<Foot work={work} withSecrets={withSecrets} onClose={onClose} />}
    >
      {state.step === 'choose' ? (
        <FileDrop problem={state.problem} isReading={state.isReading} chooser={chooser} onFile={work.take} />
      ) : state.step === 'check' ? (
        <ImportCheck state={state} work={work} />
      ) : state.step === 'run' ? (
        <Running done={state.done} wanted={state.wanted} pausedUntil={state.pausedUntil} isStopping={state.isStopping} />
      ) : (
        <ImportEnd state={state} withSecrets={withSecrets} onSecrets={setWithSecrets} />
      )}
    </Sheet>
  )
}
