/** What a text must look like, and the same in words for the fault ("host:port"). A list is checked item by item. */
export type SettingShape = { readonly pattern: RegExp; readonly words: string };

/** `lists` is several named lists: `lead=firstname,lastname;account=*`. */
export type SettingKind = 'string' | 'url' | 'integer' | 'number' | 'boolean' | 'list' | 'lists' | 'choice';

/**
 * One environment variable of a service. An unset or empty variable takes the default, which may refer to another
 * variable as `${NAME}`; a setting that is neither required nor has a default may stay undefined.
 */
export type Setting = {
  readonly name: string;
  readonly description: string;
  readonly kind: SettingKind;
  readonly default?: string;
  readonly required?: boolean;
  /** Required as long as this other setting is not given. */
  readonly requiredUnless?: string;
  /** A secret value is never printed, not even in the sentence about its fault. */
  readonly secret?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly shape?: SettingShape;
  /** An empty text is a value of its own and does not take the default. */
  readonly mayBeEmpty?: boolean;
  /** Settings that must be there as soon as this one is. */
  readonly requires?: readonly string[];
  /** A switch that must be on as soon as this one is there. */
  readonly needsSwitch?: string;
  /** Settings of which at least one must be there as soon as this one is. */
  readonly requiresOneOf?: readonly string[];
  /** Settings that may not be there beside this one. */
  readonly excludes?: readonly string[];
  /** A numeric setting whose value this one may not exceed. */
  readonly notAbove?: string;
};

export type Environment = Readonly<Record<string, string | undefined>>;

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<Name>;

type Choice<S extends Setting> = S extends { readonly choices: readonly (infer C)[] } ? C : string;

type KindValue<S extends Setting> = {
  string: string;
  url: string;
  integer: number;
  number: number;
  boolean: boolean;
  list: readonly string[];
  lists: Readonly<Record<string, readonly string[]>>;
  choice: Choice<S>;
}[S['kind']];

type Value<S extends Setting> = S extends { readonly required: true } | { readonly default: string }
  ? KindValue<S>
  : KindValue<S> | undefined;

/** The values of a list of settings, by camel-cased name: KAFKA_BROKERS of kind list becomes `kafkaBrokers`. */
export type SettingValues<Settings extends readonly Setting[]> = {
  readonly [S in Settings[number] as CamelCase<S['name']>]: Value<S>;
};
