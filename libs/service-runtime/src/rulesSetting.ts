import type { Setting } from './setting.ts';

/** Read by whoever decides, and by whoever reads the fields that are decided about. */
export const rulesSetting = {
  name: 'LOCKSTEP_FILE',
  description:
    'File of mapping and policies, `lockstep.yaml`; read again when it changes. Without one everything is as the native sync does it.',
  kind: 'string',
} as const satisfies Setting;
