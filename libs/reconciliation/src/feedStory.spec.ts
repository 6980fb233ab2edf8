import type { EvidenceRow, Scalar } from '@lockstep/change-events';
import { tell, type Story } from './feedStory.ts';
import type { MappingRow } from './mapping.ts';

const title: MappingRow = {
  ...{ field: 'jobTitle', type: 'string', direction: 'both', columns: {}, marketo: 'title' },
};
type Step = readonly [oldValue: string | null, newValue: string | null, source?: string];

/** What the feed tells of these steps, a minute apart, of which we had sent some. */
const told = (steps: readonly Step[], sent: readonly Scalar[], issuedAt: string | null = null): Story =>
  tell(
    title,
    steps.map(([oldValue, newValue, source = null], at): EvidenceRow => ({
      ...{ activityId: at, marketoGUID: `activity-${at}`, activityType: 13, field: 'title' },
      ...{ activityDate: `2026-11-22T10:0${at}:00Z`, oldValue, newValue, source },
    })),
    sent,
    issuedAt,
  );

const nobody = { edit: null, editedAt: null, ranOver: false, madeOn: undefined };
const edit = (text: string | null, minute: number) => ({
  edit: { side: text, golden: text },
  editedAt: `2026-11-22T10:0${minute}:00Z`,
});
const long = 'a'.repeat(31);
const cut = 'a'.repeat(30);

describe('the feed of a field', () => {
  it.each<[string, readonly Step[], readonly Scalar[], Partial<Story>]>([
    ['nothing', [], ['Director'], { ...nobody, basis: undefined, told: 0, confirmed: false }],
    [
      'our write',
      [['Engineer', 'Director']],
      ['Director'],
      { ...nobody, basis: 'Director', told: 1, confirmed: true },
    ],
    [
      'our write, which names its source',
      [['Engineer', 'Director', 'Web service API']],
      ['Director'],
      { ...nobody, basis: 'Director', told: 1, confirmed: true },
    ],
    [
      'an edit that has our value',
      [['Engineer', 'Director', 'Lead update']],
      ['Director'],
      { ...edit('Director', 0), ranOver: false, madeOn: undefined, told: 0, confirmed: false },
    ],
    [
      'an edit',
      [['Engineer', 'Weaver']],
      [],
      {
        ...edit('Weaver', 0),
        ranOver: false,
        madeOn: undefined,
        basis: undefined,
        told: 0,
        confirmed: false,
      },
    ],
    [
      'the last of several edits',
      [
        ['Engineer', 'Weaver'],
        ['Weaver', null],
      ],
      ['Director'],
      { ...edit(null, 1), ranOver: false, madeOn: undefined, told: 0, confirmed: false },
    ],
    [
      'an edit that our write ran over',
      [
        ['Engineer', 'Weaver'],
        ['Weaver', 'Director'],
      ],
      ['Director'],
      { ...edit('Weaver', 0), ranOver: true, madeOn: undefined, basis: 'Director', told: 1, confirmed: true },
    ],
    [
      'an edit on top of our write',
      [
        ['Engineer', 'Director'],
        ['Director', 'Weaver'],
      ],
      ['Director'],
      {
        ...edit('Weaver', 1),
        ranOver: false,
        madeOn: 'Director',
        basis: 'Director',
        told: 1,
        confirmed: true,
      },
    ],
    [
      'an edit on top of a write that left no step',
      [['Director', 'Weaver']],
      ['Director'],
      {
        ...edit('Weaver', 0),
        ranOver: false,
        madeOn: 'Director',
        basis: 'Director',
        told: 0,
        confirmed: false,
      },
    ],
    [
      'an edit between two writes, on top of the first',
      [
        ['Engineer', 'Director'],
        ['Director', 'Weaver'],
        ['Weaver', 'President'],
      ],
      ['Director', 'President'],
      {
        ...edit('Weaver', 1),
        ranOver: true,
        madeOn: 'Director',
        basis: 'President',
        told: 2,
        confirmed: true,
      },
    ],
    [
      'the first of two writes',
      [['Engineer', 'Director']],
      ['Director', 'President'],
      { ...nobody, basis: 'Director', told: 1, confirmed: false },
    ],
    [
      'the first of two writes of one value',
      [['Engineer', 'Director']],
      ['Director', 'Director'],
      { ...nobody, basis: 'Director', told: 1, confirmed: true },
    ],
    [
      'an edit between two writes of one value',
      [
        ['Engineer', 'Director'],
        ['Director', 'Weaver'],
        ['Weaver', 'Director'],
      ],
      ['Director', 'Director'],
      { ...edit('Weaver', 1), ranOver: true, madeOn: 'Director', told: 2, confirmed: true },
    ],
    [
      'the second of two writes, of which the first left no step',
      [['Director', 'President']],
      ['Director', 'President'],
      { ...nobody, basis: 'President', told: 2, confirmed: true },
    ],
    [
      'a value that was written twice, as the last time',
      [['Engineer', 'Director']],
      ['Director', 'President', 'Director'],
      { ...nobody, told: 3, confirmed: true },
    ],
    [
      'two values in the other order, as an edit and our last write',
      [
        ['Engineer', 'President'],
        ['President', 'Director'],
      ],
      ['Director', 'President'],
      { ...edit('President', 0), ranOver: true, told: 1, confirmed: false },
    ],
    [
      'the beginning of our write, where its field is too short',
      [['Engineer', cut]],
      [long],
      { ...nobody, basis: cut, told: 1, confirmed: true },
    ],
    [
      'an edit to the beginning of our write, which came whole',
      [
        ['Engineer', long],
        [long, cut],
      ],
      [long],
      { ...edit(cut, 1), ranOver: false, madeOn: long, told: 1, confirmed: true },
    ],
  ])('tells of %s', (_, steps, sent, story) => {
    expect(told(steps, sent)).toMatchObject(story);
  });

  it('takes a value that we wrote twice for its first time where the feed tells of what was before the last', () => {
    const steps: readonly Step[] = [['Engineer', 'Director']];
    const sent = ['Director', 'Weaver', 'Director'];

    expect(told(steps, sent, '2026-11-22T10:00:01Z')).toMatchObject({ ...nobody, told: 1, confirmed: false });
    expect(told(steps, sent, '2026-11-22T10:00:00Z')).toMatchObject({ ...nobody, told: 3, confirmed: true });
    expect(told(steps, sent)).toMatchObject({ ...nobody, told: 3, confirmed: true });
  });
});
