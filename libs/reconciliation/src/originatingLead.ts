import type { ChangeEvent } from '@lockstep/change-events';

/** The id of the lead that a contact was made of (facts dataverse, QualifyLead); null for anybody else. */
export function originatingLead({ fields }: ChangeEvent): string | null {
  const origin = fields?.['originatingleadid'];

  return origin && typeof origin === 'object' && 'id' in origin ? origin.id : null;
}
