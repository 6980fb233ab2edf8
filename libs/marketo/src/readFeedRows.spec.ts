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

describe('rows of the change feed', () => {
  it('carry old and new value, time and source of a change', () => {
    expect(readFeedRows([change], fields)).toEqual([row]);
  });

  it('come one per field and leave out fields that are not followed', () => {
    const several = [
      ...change.fields,
      { id: 9, name: 'unsubscribed', newValue: 'True', oldValue: 'False' },
      { id: 1, name: 'parrot', newValue: 'x', oldValue: 'y' },
    ];

    const rows = readFeedRows([{ ...change, fields: several }], fields);

    expect(rows.map(({ field }) => field)).toEqual(['lastName', 'unsubscribed']);
  });

  it.each([undefined, null, []])('are none when the result is %p', (result) => {
    expect(readFeedRows(result, fields)).toEqual([]);
    expect(readDeletedIds(result)).toEqual([]);
  });

  it('do without the optional number', () => {
    const { id: _id, ...numberless } = change;

    expect(readFeedRows([numberless], fields)).toEqual([{ ...row, activityId: 0 }]);
  });

  it.each(['2026-03-01T12:30:05Z+0000', '2026-03-01T12:30:05+0000', '2026-03-01T14:30:05+0200'])(
    'read the time %s',
    (activityDate) => {
      expect(readFeedRows([{ ...change, activityDate }], fields)).toEqual([row]);
    },
  );

  it('ignore activities of other types', () => {
    expect(readFeedRows([{ ...change, activityTypeId: 22 }], fields)).toEqual([]);
    expect(readDeletedIds([change, { ...change, activityTypeId: 37 }])).toEqual(['42']);
  });

  it('name the persons that became part of another', () => {
    const attributes = [{ name: 'Merge IDs', value: '[7, 8]' }];

    expect(readMerges([change, { ...change, activityTypeId: 32, attributes }])).toEqual([
      { winnerId: '42', loserIds: ['7', '8'] },
    ]);
  });

  it('name the partitions between which a person went', () => {
    const moved = {
      ...change,
      activityTypeId: 100,
      primaryAttributeValueId: 3,
      attributes: [{ name: 'Old Partition ID', value: '1' }],
    };

    expect(readPartitionRows([change, moved])).toEqual([
      {
        ...row,
        activityType: 100,
        field: 'leadPartitionId',
        oldValue: '1',
        newValue: '3',
        source: null,
      },
    ]);
  });

  it('refuse a merge that names nobody', () => {
    expect(() => readMerges([{ ...change, activityTypeId: 32, attributes: [] }])).toThrow(
      'MARKETO_ANSWER_INVALID',
    );
  });

  it.each([
    ['a result that is no list', 'nothing'],
    ['a row without a person', [{ ...change, leadId: null }]],
    ['a row without a time', [{ ...change, activityDate: 'soon' }]],
  ])('refuse %s', (_name, result) => {
    expect(() => readFeedRows(result, fields)).toThrow('MARKETO_ANSWER_INVALID');
  });
});
