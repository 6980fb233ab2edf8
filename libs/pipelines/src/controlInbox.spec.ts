import type { Control } from '@lockstep/change-events';
import { createControlInbox } from './controlInbox.ts';

const control = (controlId: string, target = 'dynamics/lead'): Control => ({
  controlId,
  action: 'pause',
  target,
  actor: null,
  filter: null,
  columns: null,
  from: null,
  to: null,
  at: '2026-11-25T10:00:00Z',
});
const idsOf = (commands: readonly Control[]) => commands.map(({ controlId }) => controlId);

describe('the inbox of commands', () => {
  it('shows nothing before the topic is read to its end, so that no answered command looks like a new one', () => {
    const told: string[] = [];
    const inbox = createControlInbox((target) => told.push(target));
    inbox.receive(control('1'));

    expect([inbox.commandsFor('dynamics/lead'), told]).toEqual([[], []]);
    inbox.open();
    expect([idsOf(inbox.commandsFor('dynamics/lead')), told]).toEqual([['1'], ['dynamics/lead']]);
  });

  it('keeps the order of the topic, each target by itself', () => {
    const inbox = createControlInbox(() => {});
    inbox.open();
    for (const one of [control('1'), control('2', 'dynamics/team'), control('3')]) inbox.receive(one);

    expect(idsOf(inbox.commandsFor('dynamics/lead'))).toEqual(['1', '3']);
    expect(idsOf(inbox.commandsFor('dynamics/team'))).toEqual(['2']);
    expect(inbox.commandsFor('dynamics/account')).toEqual([]);
  });

  it('tells of a target at once when a command comes later', () => {
    const told: string[] = [];
    const inbox = createControlInbox((target) => told.push(target));
    inbox.open();
    inbox.receive(control('1', 'dynamics/team'));

    expect(told).toEqual(['dynamics/team']);
  });

  it('keeps a bounded number of the newest', () => {
    const inbox = createControlInbox(() => {});
    inbox.open();
    for (let n = 1; n <= 1_000; n += 1) inbox.receive(control(String(n)));

    expect(inbox.commandsFor('dynamics/lead')).toHaveLength(200);
    expect(inbox.commandsFor('dynamics/lead').at(-1)?.controlId).toBe('1000');
  });
});
