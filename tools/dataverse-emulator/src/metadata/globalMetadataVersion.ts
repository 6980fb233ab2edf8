import { wantsAnnotation } from '../api/preferences.ts';
import type { OrganizationState } from '../core/organizationState.ts';

const annotation = 'Microsoft.Dynamics.CRM.globalmetadataversion';

/** The member of a collection's answer that rises with every change of metadata, with the comma after it (facts, section 2.1). */
export function globalVersionText(state: OrganizationState, annotations: string | undefined): string {
  if (!state.settings.hasGlobalMetadataVersion || !wantsAnnotation(annotations, annotation)) return '';
  return `"@${annotation}":"${state.metadata.version}",`;
}
