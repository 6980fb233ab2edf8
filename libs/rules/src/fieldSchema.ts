import { Type, type Static } from '@sinclair/typebox';
import { choice, columnName, constantValue, goldenTypes, labelTable, marketoName } from './schemaParts.ts';

const options = { additionalProperties: false } as const;
const fieldConflict = choice(
  ['native', 'newest', 'marketo', 'dynamics', 'review', 'union'],
  'The same of one field; `union` of several options: what either side adds or takes away counts.',
);
const fieldConflicts = Type.Union(
  [
    fieldConflict,
    Type.Object({ lead: Type.Optional(fieldConflict), contact: Type.Optional(fieldConflict) }, options),
  ],
  { description: 'One policy for the field, or one for leads and one for contacts.' },
);

/** What `persons.fields` may hold of one field. */
export const fieldSchema = Type.Object(
  {
    marketo: Type.Optional(marketoName('REST name of the field in Marketo.')),
    lead: Type.Optional(columnName('Logical name of the column of leads.')),
    contact: Type.Optional(columnName('Logical name of the column of contacts.')),
    type: Type.Optional(goldenTypes),
    direction: Type.Optional(choice(['both', 'to-marketo', 'to-dynamics'], 'Which way the value flows.')),
    conflict: Type.Optional(fieldConflicts),
    write: Type.Optional(
      choice(
        ['always', 'fill-blanks', 'once', 'once-by-dynamics', 'once-by-marketo'],
        'Whether a value may overwrite another: always, only a blank, never once it is set, or not by that side.',
      ),
    ),
    labels: Type.Optional(labelTable),
    constant: Type.Optional(constantValue('The value that every person has in this field.')),
  },
  options,
);

export type FieldRule = Static<typeof fieldSchema>;
export type ConflictRule = Static<typeof fieldConflicts>;
