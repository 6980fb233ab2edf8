import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** All examples of the domain as one file of tests, so that a mutant loads the domain once (`npm run mutation`). */
const folder = resolve(__dirname, '../../../libs/reconciliation/src');
for (const name of readdirSync(folder))
  if (name.endsWith('.spec.ts')) jest.requireActual(`${folder}/${name}`);
