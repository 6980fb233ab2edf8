import { Type, type Static } from '@sinclair/typebox';
import { attach } from './attachRule.ts';
import { customEntities } from './customRules.ts';
import { entityFields } from './entityFields.ts';
import { definitions, expression } from './expressionSchema.ts';
import { fieldSchema } from './fieldSchema.ts';
import { choice, columnName, marketoName } from './schemaParts.ts';
import { writableOfAccounts } from './writeBack.ts';

const options = { additionalProperties: false } as const;
const conflict = choice(
  ['native', 'newest', 'marketo', 'dynamics', 'review'],
  'Who wins when both sides changed a field without knowing of each other.',
);
const conflicts = Type.Union(
  [conflict, Type.Object({ lead: Type.Optional(conflict), contact: Type.Optional(conflict) }, options)],
  { description: 'One policy for all persons, or one for leads and one for contacts.' },
);

const columnsHold = (description: string) => expression('column', description);

const filter = Type.Union(
  [
    columnsHold('Rows of leads and contacts for which this does not hold stay out of Marketo.'),
    Type.Object(
      {
        lead: Type.Optional(columnsHold('The same of leads.')),
        contact: Type.Optional(columnsHold('The same of contacts.')),
      },
      options,
    ),
  ],
  { description: 'Which rows go to Marketo: one condition for leads and contacts, or one each.' },
);

const whenFilteredOut = Type.Union(
  [
    Type.Literal('keep'),
    Type.Literal('remove'),
    Type.Object({ flag: marketoName('REST name of a yes/no field of persons in Marketo.') }, options),
  ],
  {
    description:
      'What becomes of a person whose row turns out: it stays as it is, a field says so, or it is deleted.',
  },
);

const createInDynamics = Type.Object(
  {
    when: expression('field', 'A condition over golden fields, such as leadScore.'),
    as: Type.Optional(choice(['lead', 'contact'], 'The table of the row; a lead unless it is said.')),
    owner: Type.Optional(
      Type.String({
        description: 'User or team that owns the row: GUID, address or full name.',
        minLength: 1,
        maxLength: 320,
      }),
    ),
  },
  { ...options, description: 'Which people of Marketo get a row in Dynamics without being asked for.' },
);

const rowsFilter = Type.Optional(columnsHold('Rows for which this does not hold stay out of Marketo.'));
const fields = Type.Optional(entityFields);
const onlyWithPersons = Type.Optional(
  Type.Boolean({ description: 'Rows stay out of Marketo until a person there has them.' }),
);
const filtered = Type.Optional(Type.Object({ filter: rowsFilter, onlyWithPersons, fields }, options));
const mapped = Type.Optional(Type.Object({ fields }, options));

/** What `lockstep.yaml` may hold. */
export const rulesSchema = Type.Object(
  {
    persons: Type.Optional(
      Type.Object(
        {
          conflicts: Type.Optional(conflicts),
          matchByEmail: Type.Optional(
            Type.Boolean({ description: 'Link new records by their email address too.' }),
          ),
          deletedInMarketo: Type.Optional(
            choice(
              ['recreate', 'ask', 'stay-deleted'],
              'What an edit in Dynamics does for a person that was deleted in Marketo.',
            ),
          ),
          deletedInDynamics: Type.Optional(
            choice(
              ['keep', 'flag', 'delete'],
              'What becomes of the person of a row that was deleted: nothing, a mark, or it is deleted too.',
            ),
          ),
          rowWhenPersonDeleted: Type.Optional(
            choice(
              ['keep', 'deactivate', 'delete'],
              'What becomes of the row of a person that was deleted in Marketo: nothing, it is deactivated, or it is deleted too.',
            ),
          ),
          mergedInMarketo: Type.Optional(
            choice(
              ['keep', 'follow'],
              'What becomes of the row of a person that was merged into another one: nothing, or it goes where the person went.',
            ),
          ),
          mergedInDynamics: Type.Optional(
            choice(
              ['keep', 'follow'],
              'What becomes of the person of a row that lost a merge: nothing, or it is merged into that of the row that carries on.',
            ),
          ),
          filter: Type.Optional(filter),
          syncColumn: Type.Optional(
            choice(['on', 'off'], 'Whether a No in `new_synctomkto` keeps a row out of Marketo.'),
          ),
          whenFilteredOut: Type.Optional(whenFilteredOut),
          createInDynamics: Type.Optional(createInDynamics),
          bounces: Type.Optional(
            Type.Union(
              [
                Type.Literal('on'),
                Type.Object(
                  {
                    invalid: Type.Optional(columnName('Yes/no column: the address is invalid.')),
                    cause: Type.Optional(columnName('Text column: why it is invalid.')),
                    suspended: Type.Optional(columnName('Yes/no column: mail to it is suspended.')),
                  },
                  options,
                ),
              ],
              {
                description:
                  'Columns of leads and contacts that tell of bounces; `on` takes those named new_….',
              },
            ),
          ),
          fields: Type.Optional(
            Type.Record(
              Type.String(),
              Type.Union([Type.Literal('off'), fieldSchema], {
                description: '`off` takes a field out of the mapping.',
              }),
              { description: 'What is different from the default mapping, by golden field.' },
            ),
          ),
        },
        options,
      ),
    ),
    accounts: Type.Optional(
      Type.Object(
        {
          attach: Type.Optional(attach),
          writeBack: Type.Optional(
            Type.Array(choice(writableOfAccounts, 'A field of companies in Marketo.'), {
              description: 'Fields of companies whose edits in Marketo go to the account in Dynamics.',
              uniqueItems: true,
              maxItems: writableOfAccounts.length,
            }),
          ),
        },
        options,
      ),
    ),
    entities: Type.Optional(
      Type.Object({ account: filtered, opportunity: filtered, user: mapped, team: mapped }, options),
    ),
    customEntities,
  },
  { ...options, title: 'lockstep.yaml' },
);

/** The same as a JSON Schema for editors. */
export const editorSchema: object = {
  ...rulesSchema,
  $defs: Object.fromEntries(
    definitions.map(({ $id = '', ...definition }) => [$id.replace('#/$defs/', ''), definition]),
  ),
};

/** A file that has the right shape. */
export type RulesFile = Static<typeof rulesSchema>;

export type FilterRule = Static<typeof filter>;

export type BounceRule =
  'on' | { readonly invalid?: string; readonly cause?: string; readonly suspended?: string };
