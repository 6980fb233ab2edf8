import type { Application, CallContext } from '../core/application.ts';
import type { Call } from './call.ts';

type Switches = Pick<
  CallContext,
  'tag' | 'bypassesSync' | 'bypassesAsync' | 'bypassedSteps' | 'detectsDuplicates'
>;

const bypassedStepsMax = 3;

function stepsOf(header: string | undefined): ReadonlySet<string> {
  const ids = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((id) => id.trim());
  return new Set(ids.filter((id) => id !== '').slice(0, bypassedStepsMax));
}

/** What the optional headers and the parameter `tag` of a call ask for (facts, section 3.6). */
export function callSwitches(
  { mayBypassLogic }: Application,
  { headers, query }: Pick<Call, 'headers' | 'query'>,
): Switches {
  const bypass = headers['mscrm.bypassbusinesslogicexecution'] ?? '';
  const asksSync = /CustomSync/i.test(bypass) || headers['mscrm.bypasscustompluginexecution'] === 'true';
  return {
    tag: query['tag'],
    bypassesSync: mayBypassLogic && asksSync,
    bypassesAsync: mayBypassLogic && /CustomAsync/i.test(bypass),
    bypassedSteps: stepsOf(mayBypassLogic ? headers['mscrm.bypassbusinesslogicexecutionstepids'] : undefined),
    detectsDuplicates: /^false$/i.test(headers['mscrm.suppressduplicatedetection'] ?? ''),
  };
}
