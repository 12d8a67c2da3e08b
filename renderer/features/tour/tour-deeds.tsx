import { useLocation } from 'wouter'
import { useProfileChange, useRead, useWrite } from '#renderer/api/use-api.ts'
import { errorWords } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'

/** Why a deed did not come about, beside its button. */
const Failure = ({ error }: { readonly error: Error | null }) =>
  error === null ? null : (
    <p role="alert" className="max-w-52 text-small text-danger">
      {t('tour.failed')} {errorWords(error).message}
    </p>
  )

/** Takes a sandbox into use, a new one where there is none. */
export const UseSandbox = () => {
  const profiles = useRead('profiles.list', {}).data?.profiles
  const use = useProfileChange()
  const create = useWrite('profiles.create')
  const known = profiles?.find(({ kind }) => kind === 'sandbox')
  return (
    <>
      <Failure error={use.error ?? create.error} />
      <Button
        variant="primary"
        isBusy={use.isPending || create.isPending || profiles === undefined}
        onClick={() =>
          known === undefined
            ? create.mutate({ name: t('tour.sandbox.title'), kind: 'sandbox' })
            : use.mutate({ profileId: known.profileId })
        }
      >
        {t('tour.step.sandbox.do')}
      </Button>
    </>
  )
}

/** Makes the renewal of the tour's connection fail. */
export const BreakIt = ({ connectionId }: { readonly connectionId: string }) => {
  const fail = useWrite('sandbox.failRefresh')
  return (
    <>
      <Failure error={fail.error} />
      <Button variant="primary" isBusy={fail.isPending} onClick={() => fail.mutate({ connectionId })}>
        {t('tour.do-it')}
      </Button>
    </>
  )
}

/** Switches every fault off and asks for a fresh token, the warning accepted. */
export const MendIt = ({ connectionId }: { readonly connectionId: string }) => {
  const calm = useWrite('sandbox.calm')
  const refresh = useWrite('connections.refresh')
  return (
    <>
      <Failure error={calm.error ?? refresh.error} />
      <Button
        variant="primary"
        isBusy={calm.isPending || refresh.isPending}
        onClick={() => calm.mutate({}, { onSuccess: () => refresh.mutate({ connectionId, acceptRisk: true }) })}
      >
        {t('tour.do-it')}
      </Button>
    </>
  )
}

/** Deletes the tour's demo account in the sandbox and forgets it here. */
export const RemoveIt = ({ connectionId }: { readonly connectionId: string }) => {
  const remove = useWrite('connections.remove')
  const [, go] = useLocation()
  return (
    <>
      <Failure error={remove.error} />
      <Button
        variant="primary"
        isBusy={remove.isPending}
        onClick={() => remove.mutate({ connectionId }, { onSuccess: () => go(paths.connections) })}
      >
        {t('tour.do-it')}
      </Button>
    </>
  )
}

/** Switches every fault of the sandbox off. */
export const SwitchOff = () => {
  const calm = useWrite('sandbox.calm')
  return (
    <>
      <Failure error={calm.error} />
      <Button variant="primary" isBusy={calm.isPending} onClick={() => calm.mutate({})}>
        {t('tour.sandbox.calm')}
      </Button>
    </>
  )
}
