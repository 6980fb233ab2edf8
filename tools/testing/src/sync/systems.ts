import type { EmulatedDynamics } from '../emulatedDynamics.ts';
import type { EmulatedMarketo } from '../emulatedMarketo.ts';

export type Systems = { readonly dynamics: EmulatedDynamics; readonly marketo: EmulatedMarketo };
