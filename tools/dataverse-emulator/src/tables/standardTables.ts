import type { TableDefinition } from '../core/tableDefinition.ts';
import { accountTable } from './accountTable.ts';
import { activityTables } from './activityTables.ts';
import { campaignTables } from './campaignTables.ts';
import { connectionTables } from './connectionTables.ts';
import { contactTable } from './contactTable.ts';
import { intersectTables } from './intersectTables.ts';
import { leadTable } from './leadTable.ts';
import { opportunityTable } from './opportunityTable.ts';
import { organizationTables } from './organizationTables.ts';
import { pipelineTables } from './pipelineTables.ts';
import { userTables } from './userTables.ts';

/** Every table of a new organisation. */
export const standardTables: readonly TableDefinition[] = [
  leadTable,
  contactTable,
  accountTable,
  opportunityTable,
  ...activityTables,
  ...campaignTables,
  ...connectionTables,
  ...userTables,
  ...organizationTables,
  ...intersectTables,
  ...pipelineTables,
];
