import {
  choice,
  column,
  lookup,
  readOnly,
  text,
  whole,
  type ColumnDefinition,
} from '../core/columnDefinition.ts';
import { defineTable } from '../core/tableDefinition.ts';
import { commonColumns, currencyColumns, moneyColumns } from './commonColumns.ts';
import { closeStates, closeStatuses, priorities, taskStates, taskStatuses } from './activityOptions.ts';

/** What an activity is about: each table has a navigation property that names the activity too (facts, section 2.3). */
function regarding(activity: string, plural: string): ColumnDefinition {
  const tables = ['account', 'contact', 'lead', 'opportunity', 'campaign'];
  return column('RegardingObjectId', 'Lookup', {
    navigation: tables.map((table) => ({
      property: `regardingobjectid_${table}_${activity}`,
      table,
      relationship: `${table[0]?.toUpperCase()}${table.slice(1)}_${plural}`,
    })),
  });
}

function activityColumns(activity: string, plural: string): readonly ColumnDefinition[] {
  return [
    text('Subject', 200),
    column('Description', 'Memo', { maxLength: 2000 }),
    readOnly({ ...text('ActivityTypeCode', 64), defaultValue: activity }),
    column('ScheduledStart', 'DateTime'),
    column('ScheduledEnd', 'DateTime'),
    column('ActualStart', 'DateTime'),
    column('ActualEnd', 'DateTime'),
    regarding(activity, plural),
  ];
}

const taskTable = defineTable({
  name: 'task',
  schemaName: 'Task',
  set: 'tasks',
  key: 'activityid',
  primaryName: 'subject',
  objectTypeCode: 4212,
  changeTracking: true,
  isActivity: true,
  columns: [
    ...commonColumns('ActivityId', taskStates, taskStatuses),
    ...activityColumns('task', 'Tasks'),
    whole('PercentComplete', 0, 100),
    text('Category', 250),
    choice('PriorityCode', priorities, 1),
  ],
});

/** Comes into being when an opportunity is closed (facts, section 6). */
const opportunityCloseTable = defineTable({
  name: 'opportunityclose',
  schemaName: 'OpportunityClose',
  set: 'opportunitycloses',
  key: 'activityid',
  primaryName: 'subject',
  objectTypeCode: 4208,
  changeTracking: true,
  isActivity: true,
  columns: [
    ...commonColumns('ActivityId', closeStates, closeStatuses),
    ...activityColumns('opportunityclose', 'OpportunityCloses'),
    ...moneyColumns('ActualRevenue'),
    ...currencyColumns,
    lookup('OpportunityId', ['opportunity']),
    whole('OpportunityStateCode'),
    whole('OpportunityStatusCode'),
  ],
});

/** Activities. */
export const activityTables = [taskTable, opportunityCloseTable] as const;
