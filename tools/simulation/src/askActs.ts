import { createRequestDoors } from '@lockstep/pipelines';
import { v5 as uuidFromName } from 'uuid';
import type { AskAct, Asked } from './actions.ts';
import type { World } from './world.ts';

const userSpace = '4a6dcb1e-93a4-5a35-8a0f-3d5c1f1e8b77';

/** The campaign that people are put on and taken off. */
export const campaign = { id: uuidFromName('spring', userSpace), name: 'Spring' } as const;

/** A marketer asks for something for a person; each task has a subject of its own, each owner is a user of its own. */
export function ask(world: World, act: AskAct, personId: string | undefined): void {
  const asked = act.again ? world.asked.at(-1) : personId && nextRequest(world, act, personId);
  if (!asked) return;
  if (!act.again) world.asked.push(asked);
  const clock = { now: () => world.nowMs };
  const doors = createRequestDoors({ requests: world.requests, clock, onAccepted: () => undefined });
  // The store in memory takes it at once.
  void doors.webhook(asked);
}

function nextRequest(world: World, act: AskAct, personId: string): Asked {
  const id = String(world.asked.length + 1);

  return { id, personId, words: act.words, arguments: argumentsOf(world, act, id) };
}

function argumentsOf(world: World, { words, as }: AskAct, id: string): Asked['arguments'] {
  switch (words) {
    case 'sync':
      return { as };
    case 'change owner':
      return { owner: newUser(world, id) };
    case 'create task':
      return { subject: `task ${id}` };
    case 'add to campaign':
    case 'remove from campaign':
      return { campaign: campaign.name };
  }
}

function newUser({ dynamics }: World, name: string): string {
  const id = uuidFromName(`user ${name}`, userSpace);
  dynamics.seed('systemuser', [{ id, fields: { firstname: 'User', lastname: name } }]);

  return id;
}
