/** A field of a custom object type, as the metadata API knows it. */
export interface CustomField {
  readonly name: string;
  readonly displayName: string;
  /** One of customDataTypes; `link` takes the type of the parent's field. */
  readonly dataType: string;
  readonly description?: string;
  readonly isDedupeField: boolean;
  readonly relatedTo?: { readonly name: string; readonly field: string };
}

/** A draft or approved version. */
export interface TypeVersion {
  readonly displayName: string;
  readonly pluralName: string;
  readonly description: string;
  readonly showInLeadDetail: boolean;
  readonly fields: readonly CustomField[];
}

/** One custom object type with its versions; approval turns the draft into the approved one. */
export interface CustomType {
  readonly apiName: string;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly draft?: TypeVersion;
  readonly approved?: TypeVersion;
}
