import {
  checkHistory,
  fromLog,
  fromMarketoEmulator,
  personsFromMarketoEmulator,
  rowsFromDynamicsEmulator,
} from '@lockstep/checker';
import type { EmulatedPersonState, History, LoggedState } from '@lockstep/checker';
import { defaultMapping, mappingFor } from '@lockstep/reconciliation';
import type { EmulatedDynamics } from './emulatedDynamics.ts';
import type { EmulatedMarketo } from './emulatedMarketo.ts';

export type BothSides = {
  readonly dynamics: EmulatedDynamics;
  readonly marketo: EmulatedMarketo;
  readonly matchByEmail: boolean;
};

/** Both emulators' own logs and what they hold now; topics and database are left out. */
export async function readBothSides({ dynamics, marketo, matchByEmail }: BothSides): Promise<History> {
  const [rowStates, leads, contacts, personStates, persons] = await Promise.all([
    dynamics.control.states<LoggedState>(),
    dynamics.rows('lead'),
    dynamics.rows('contact'),
    marketo.control.states<EmulatedPersonState>(),
    marketo.persons(),
  ]);
  return {
    dynamics: {
      states: fromLog(rowStates),
      rows: {
        lead: rowsFromDynamicsEmulator('leadid', leads),
        contact: rowsFromDynamicsEmulator('contactid', contacts),
      },
    },
    marketo: {
      states: fromMarketoEmulator(personStates),
      persons: personsFromMarketoEmulator(persons),
    },
    golden: [],
    changes: null,
    stored: null,
    // Relations are judged by nobody yet: they wait for parents, and Marketo keeps what cannot be taken away.
    mapping: mappingFor(defaultMapping, []),
    matchByEmail,
  };
}

/** What still keeps the sides apart, one sentence each; empty when they are in sync. */
export async function differencesBetween(sides: BothSides): Promise<readonly string[]> {
  const { missing, differences } = checkHistory(await readBothSides(sides));
  return [...missing, ...differences].map(
    ({ what, ids, reason }) => `${what} of ${ids.join(', ')}: ${reason}`,
  );
}
