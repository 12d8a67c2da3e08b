import type { Api } from '#shared/contract/contract'

/** Opens the window of a flow: the host does it where it can, otherwise this page, within the click that asked for it. */
export const openSignInWindow = async (api: Pick<Api, 'connect'>, flowId: string): Promise<void> => {
  const { url } = await api.connect.openWindow({ flowId })
  if (url !== undefined) window.open(url, '_blank', 'noopener,width=520,height=720')
}
