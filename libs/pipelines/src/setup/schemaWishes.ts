import type { CustomType } from '@lockstep/ports';

/** What of Marketo's schema may be made where it is absent. */
export const creatables = ['person-fields', 'custom-types'] as const;

export type Creatable = (typeof creatables)[number];

/** What an operator wants of Marketo's schema beyond the fields of persons. */
export type SchemaWishes = {
  readonly customTypes: readonly CustomType[];
  readonly mayCreate: readonly Creatable[];
};

/** What was made, such as `person/crmTopic` or `custom/car/year`. */
export type Created = (names: readonly string[]) => void;
