/** The part of JSON Schema that the contract's parameters use. */
export interface ParameterSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly ParameterSchema[]
  readonly properties?: Readonly<Record<string, ParameterSchema>>
  readonly required?: readonly string[]
  readonly items?: ParameterSchema
  readonly additionalProperties?: ParameterSchema | boolean
  readonly default?: unknown
  readonly description?: string
  /** A secret: it goes in by stdin or a prompt, never by an argument. */
  readonly writeOnly?: boolean
}

/** One method of the contract as the command line knows it. */
export interface ContractMethod {
  /** The wire name, `connections.get`. */
  readonly name: string
  readonly summary: string
  readonly access: string
  readonly callers: readonly string[]
  readonly params: ParameterSchema
}
