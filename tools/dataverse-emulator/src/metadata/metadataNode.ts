/** Metadata as the Web API prints it. */
export type Json = Readonly<Record<string, unknown>>;

/** One object of the metadata: its members, and what it leads to. Links are made when they are followed. */
export interface MetadataNode {
  /** Such as `PicklistAttributeMetadata`. */
  readonly type: string;
  readonly json: Json;
  /** Members that only `type` declares, not its base type: they need a cast (facts, section 2.1). */
  readonly derived: ReadonlySet<string>;
  readonly links: Readonly<Record<string, () => MetadataNode | readonly MetadataNode[] | null>>;
}

/** The namespace of every type. */
export const namespace = 'Microsoft.Dynamics.CRM';

/** A text in the organisation's one language (facts, section 2.1). */
export function labelJson(text: string | undefined): Json {
  if (text === undefined) return { LocalizedLabels: [], UserLocalizedLabel: null };
  const label = { Label: text, LanguageCode: 1033, IsManaged: true, HasChanged: null };
  return { LocalizedLabels: [label], UserLocalizedLabel: label };
}

/** A property that a solution can freeze. */
export function managedProperty(name: string, value: unknown, canBeChanged = true): Json {
  return { Value: value, CanBeChanged: canBeChanged, ManagedPropertyLogicalName: name };
}
