import { useQueryClient } from '@tanstack/react-query'
import { type ParamsOf, type ResultOf, useRead, useReadKey, useWrite } from '#renderer/api/use-api.ts'
import type { SandboxStatus } from '#shared/contract/sandbox'

type Changing = 'sandbox.update' | 'sandbox.calm' | 'sandbox.failRefresh'

/** What the sandbox in use does wrong; read only while one is in use. */
export const useSandboxStatus = (isEnabled = true) => useRead('sandbox.status', {}, { isEnabled })

/** Calls a method that changes the sandbox and shows its answer at once. */
export const useSandboxChange = <N extends Changing>(name: N) => {
  const client = useQueryClient()
  const keyOf = useReadKey()
  const write = useWrite(name)
  return {
    ...write,
    change: (params: ParamsOf<N>, onDone?: (result: ResultOf<N>) => void): void =>
      write.mutate(params, {
        onSuccess: (result) => {
          client.setQueryData<SandboxStatus>(keyOf('sandbox.status', {}), result as SandboxStatus)
          onDone?.(result)
        },
      }),
  }
}
