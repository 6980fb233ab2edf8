import type { OptionDefinition } from '../core/columnDefinition.ts';

function options(labels: Readonly<Record<number, string>>): readonly OptionDefinition[] {
  return Object.entries(labels).map(([value, label]) => ({ value: Number(value), label }));
}

/** Kinds of service endpoints; only webhooks are called here. */
export const contracts = options({
  1: 'OneWay',
  2: 'Queue',
  3: 'Rest',
  4: 'TwoWay',
  5: 'Topic',
  6: 'Queue (Persistent)',
  7: 'Event Hub',
  8: 'Webhook',
});

/** How an endpoint knows who calls. */
export const authTypes = options({
  0: 'NotSpecified',
  1: 'ACS',
  2: 'SAS Key',
  3: 'SAS Token',
  4: 'Webhook Key',
  5: 'Http Header',
  6: 'Http Query String',
  7: 'Connection String',
  8: 'Access Key',
});

/** Whether a step runs inside the write. */
export const modes = options({ 0: 'Synchronous', 1: 'Asynchronous' });

/** Where in the pipeline a step runs. */
export const stages = options({ 10: 'Pre-validation', 20: 'Pre-operation', 40: 'Post-operation' });

/** Where a step is deployed. */
export const deployments = options({
  0: 'Server Only',
  1: 'Microsoft Dynamics 365 Client for Outlook Only',
  2: 'Both',
});

/** When an image is taken. */
export const imageTypes = options({ 0: 'PreImage', 1: 'PostImage', 2: 'Both' });
