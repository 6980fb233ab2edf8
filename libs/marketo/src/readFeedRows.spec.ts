import { readDeletedIds, readFeedRows, readMerges, readPartitionRows } from './readFeedRows.ts';

const fields = new Set(['lastName', 'unsubscribed']);
const change = {
  id: 7,
  marketoGUID: 'guid-7',
  leadId: 42,
  activityDate: '2026-03-01T12:30:05Z',
  activityTypeId: 13,
  fields: [{ id: 55, name: 'lastName', newValue: 'Rhodes', oldValue: null }],
  attributes: [
    { name: 'Reason', value: 'Manual person edit' },
    { name: 'Source', value: 'Lead update' },
  ],
};
const row = {
  personId: '42',
  activityId: 7,
  marketoGUID: 'guid-7',
  activityType: 13,
  activityDate: '2026-03-01T12:30:05Z',
  field: 'lastName',
  oldValue: null,
  newValue: 'Rhodes',
  source: 'Lead update',
};

const read = (...rows: readonly unknown[]) => ({ rows, refused: [] });

describe('rows of the change feed', () => {
  it('carry old and new value, time and source of a change', () => {
    expect(readFeedRows([change], fields)).toEqual(read(row));
  });

  it('come one per field and leave out fields that are not followed', () => {
    const several = [
      ...change.fields,
      { id: 9, name: 'unsubscribed', newValue: 'True', oldValue: 'False' },
      { id: 1, name: 'parrot', newValue: 'x', oldValue: 'y' },
    ];

    const { rows } = readFeedRows([{ ...change, fields: several }], fields);

    expect(rows.map(({ field }) => field)).toEqual(['lastName', 'unsubscribed']);
  });

  it.each([undefined, null, []])('are none when the result is %p', (result) => {
    expect(readFeedRows(result, fields)).toEqual(read());
    expect(readDeletedIds(result)).toEqual(read());
  });

  it('do without the optional number', () => {
    const { id: _id, ...numberless } = change;

    expect(readFeedRows([numberless], fields)).toEqual(read({ ...row, activityId: 0 }));
  });

  it.each(['2026-03-01T12:30:05Z+0000', '2026-03-01T12:30:05+0000', '2026-03-01T14:30:05+0200'])(
    'read the time %s',
    (activityDate) => {
      expect(readFeedRows([{ ...change, activityDate }], fields)).toEqual(read(row));
    },
  );

  it('ignore activities of other types', () => {
    expect(readFeedRows([{ ...change, activityTypeId: 22 }], fields)).toEqual(read());
    expect(readDeletedIds([change, { ...change, activityTypeId: 37 }])).toEqual(read('42'));
  });

  it('name the persons that became part of another', () => {
    const attributes = [{ name: 'Merge IDs', value: '[7, 8]' }];

    expect(readMerges([change, { ...change, activityTypeId: 32, attributes }])).toEqual(
      read({ winnerId: '42', loserIds: ['7', '8'], mergedAt: row.activityDate }),
    );
  });

  it('name the partitions between which a person went', () => {
    const moved = {
      ...change,
      activityTypeId: 100,
      primaryAttributeValueId: 3,
      attributes: [{ name: 'Old Partition ID', value: '1' }],
    };

    expect(readPartitionRows([change, moved])).toEqual(
      read({
        ...row,
        activityType: 100,
        field: 'leadPartitionId',
        oldValue: '1',
        newValue: '3',
        source: null,
      }),
    );
  });

  it('refuse a result that is no list', () => {
    expect(() => readFeedRows('nothing', fields)).toThrow('MARKETO_ANSWER_INVALID');
  });
});

/** One malformed row stopped the reading of everybody for ever: the page came again, and failed again. */
describe('a malformed row of a feed', () => {
  const sound = { ...change, leadId: 43 };
  const ofField = (newValue: unknown) => ({
    ...change,
    fields: [{ name: 'lastName', newValue, oldValue: 'x' }],
  });

  it.each([
    ['without a person', { ...change, leadId: null }, { id: null, field: 'leadId' }],
    ['of a person that has no number', { ...change, leadId: 'nobody' }, { id: null, field: 'leadId' }],
    ['without a time', { ...change, activityDate: null }, { id: '42', field: 'activityDate' }],
    ['with a leap second', { ...change, activityDate: '2026-12-31T23:59:60Z' }, { field: 'activityDate' }],
    ['with changes that are no list', { ...change, fields: 'lastName' }, { id: '42', field: 'fields' }],
    ['with attributes that are no list', { ...change, attributes: {} }, { id: '42', field: 'attributes' }],
    ['with a value that is none', ofField({ text: 'Rhodes' }), { id: '42', field: 'newValue' }],
  ])('%s is set aside as it came, and the page goes on', (_name, malformed, refused) => {
    const { rows, refused: told } = readFeedRows([malformed, sound], fields);

    expect(rows).toEqual([{ ...row, personId: '43' }]);
    expect(told).toMatchObject([{ code: 'MARKETO_ROW_INVALID', ...refused }]);
    expect(JSON.parse(String(told[0]?.bytes))).toEqual(malformed);
  });

  it('may tell of a delete or a merge', () => {
    const deleted = { ...change, activityTypeId: 37 };
    const merged = { ...change, activityTypeId: 32 };

    expect(readDeletedIds([{ ...deleted, leadId: {} }, deleted])).toMatchObject({
      rows: ['42'],
      refused: [{ id: null, field: 'leadId' }],
    });
    expect(readMerges([merged])).toMatchObject({ rows: [], refused: [{ id: '42', field: 'Merge IDs' }] });
  });
});
