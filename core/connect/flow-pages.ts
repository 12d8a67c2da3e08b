import { PatchbayError } from '#shared/errors'
import type { NangoClient } from '../nango/nango-client.ts'
import type { NangoSession } from '../nango/nango-sessions.ts'
import type { Platform } from '../platform.ts'
import { Secret } from '../vault/secret.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import type { FlowLedger } from './flow-ledger.ts'
import type { StoredFlow } from './flow-store.ts'
import { type QrCode, qrCodeOf } from './qr-code.ts'

export interface PageDependencies {
  readonly ledger: FlowLedger
  readonly vault: SecretVault
  readonly platform: Pick<Platform, 'openExternal' | 'copyText'>
  readonly clientFor: (profileId: string) => Promise<NangoClient>
}

/** The sign-in pages of waiting flows. Their addresses hold the session tokens, and are sealed in the vault. */
export interface FlowPages {
  /** Null where there is none. */
  addressOf(flow: StoredFlow): Secret | null
  /** The session token in the address; null where there is none. */
  tokenOf(flow: StoredFlow): Secret | null
  /** Keeps the address of Nango's way to the provider; what comes of it is told to the socket, where there is one. */
  keepProviderPage(client: NangoClient, flow: StoredFlow, token: Secret, socketId: string | undefined): void
  /** Keeps the address of Nango's own page for a session (nango-api.md section 9). Throws `connect.no_connect_ui` where it names none. */
  keepConnectUi(flow: StoredFlow, session: NangoSession): void
  /** Opens it in the system browser. Throws `connect.ended` where there is none, `connect.no_browser`. */
  open(flow: StoredFlow): Promise<void>
  /** Puts the address on the clipboard, or hands it over where the host has none. Throws `connect.not_found`, `connect.ended`. */
  copyAddress(flowId: string): Promise<{ isCopied: boolean; authorizationUrl?: string }>
  /** The address for another device. Throws `connect.not_found`, `connect.ended`. */
  qrCode(flowId: string): QrCode
}

/** The pages of flows, over the vault and the host's browser. */
export const createFlowPages = ({ ledger, vault, platform, clientFor }: PageDependencies): FlowPages => {
  const addressOf = (flow: StoredFlow): Secret | null =>
    vault.open({ kind: 'flow-session', owner: flow.flowId, binding: flow.integrationId })

  const keep = (flow: StoredFlow, address: Secret): void => {
    vault.put({ kind: 'flow-session', owner: flow.flowId, binding: flow.integrationId }, address)
  }

  const requireAddress = (flow: StoredFlow): Secret => {
    const address = addressOf(flow)
    if (address === null) throw new PatchbayError('connect.ended', { data: { flowId: flow.flowId } })
    return address
  }

  return {
    addressOf,
    tokenOf: (flow) => {
      const address = addressOf(flow)
      if (address === null) return null
      const token = new URL(address.reveal()).searchParams.get(flow.page === 'connect_ui' ? 'session_token' : 'connect_session_token')
      return token === null ? null : new Secret(token)
    },
    keepProviderPage: (client, flow, token, socketId) => {
      const address = client.authorizationUrl({
        integrationId: flow.integrationId,
        token,
        params: flow.params,
        ...(socketId === undefined ? {} : { websocketClientId: socketId }),
      })
      keep(flow, new Secret(address))
    },
    keepConnectUi: (flow, { connectLink }) => {
      if (connectLink === null) throw new PatchbayError('connect.no_connect_ui')
      keep(flow, connectLink)
    },
    open: async (flow) => {
      const address = requireAddress(flow)
      try {
        const { host } = await clientFor(flow.profileId)
        await platform.openExternal(address.reveal(), new URL(host).origin)
      } catch (error) {
        ledger.step(flow.flowId, 'open', 'failed', 'No browser could be opened. Copy the address and open it yourself.')
        throw error
      }
      ledger.step(flow.flowId, 'open', 'done')
      ledger.step(flow.flowId, 'approval', 'running')
    },
    copyAddress: async (flowId) => {
      const address = requireAddress(ledger.open(flowId))
      const isCopied = await platform.copyText(address.reveal())
      return isCopied ? { isCopied } : { isCopied, authorizationUrl: address.reveal() }
    },
    qrCode: (flowId) => qrCodeOf(requireAddress(ledger.open(flowId))),
  }
}
