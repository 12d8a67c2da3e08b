// What the build puts in the place of `virtual:contract-table`: the contract as plain data, without its schemas' code.
declare module 'virtual:contract-table' {
  import type { ContractMethod } from '#cli/contract-method'

  export const version: string
  export const contractVersion: string
  export const methods: readonly ContractMethod[]
}
