import type { FieldValue, Scalar } from '@lockstep/change-events';
import type { GoldenType, MappingRow } from './mapping.ts';
import { isBlank, isCutOf, notRepresentable, project, read, readDisplay } from './projection.ts';

const row: MappingRow = {
  ...{ field: 'interests', type: 'options', direction: 'to-marketo', marketo: 'crmInterests' },
  columns: { contact: 'new_interests' },
};
const inMarketo = (value: Parameters<typeof read>[2]) =>
  project('marketo', row, read('dynamics', row, value).golden);

describe('several options of a column', () => {
  it('arrive in Marketo as their labels, in the order of their numbers', () => {
    const chosen = [
      { value: 30, label: 'Sailing' },
      { value: 4, label: 'Chess' },
      { value: 7, label: null },
    ];

    expect(inMarketo(chosen)).toBe('Chess;7;Sailing');
    expect(read('dynamics', row, [...chosen].reverse())).toEqual(read('dynamics', row, chosen));
  });

  it.each([[[]], [null]])('are nothing when nothing is chosen: %j', (value) => {
    expect(inMarketo(value)).toBeNull();
  });
});

const rowOf = (type: GoldenType, extras: Partial<MappingRow> = {}): MappingRow => ({
  ...{ field: 'field', type, direction: 'both', columns: { lead: 'new_field' }, marketo: 'field' },
  ...extras,
});
const ratings = rowOf('option', { labels: { Hot: 1, Warm: 2 } });
const parent = rowOf('string', { parents: ['account'] });

describe('a golden value', () => {
  it.each<[MappingRow, Scalar, Scalar]>([
    [rowOf('boolean'), true, true],
    [rowOf('boolean'), null, false],
    [rowOf('string'), 'Lyon', 'Lyon'],
    [rowOf('string'), '', null],
    [rowOf('string'), null, null],
    [rowOf('integer'), 0, 0],
    [rowOf('decimal'), '12.50', 12.5],
    [rowOf('decimal'), '0.1234567891', 0.1234567891],
    [rowOf('timestamp'), '2026-11-22T10:00:00Z', '2026-11-22T10:00:00Z'],
    [rowOf('timestamp'), '2026-11-22T10:00:00.900Z', '2026-11-22T10:00:00Z'],
    [rowOf('timestamp'), '2026-11-22T11:00:00+01:00', '2026-11-22T10:00:00Z'],
    [ratings, 'Boiling', 'Boiling'],
    [parent, 'account-1', 'account-1'],
  ])('of %j, %j, is %j in Marketo', (row, golden, side) => {
    expect(project('marketo', row, golden)).toBe(side);
  });

  it.each<[MappingRow, Scalar, Scalar]>([
    [rowOf('boolean'), null, null],
    [rowOf('string'), '', ''],
    [rowOf('timestamp'), '2026-11-22T10:00:00.900Z', '2026-11-22T10:00:00.900Z'],
    [ratings, 'Warm', 2],
    [ratings, null, null],
    [rowOf('option'), 'Warm', 'Warm'],
    [rowOf('options', { labels: { Hot: 1, Warm: 2 } }), 'Warm; Hot', '1,2'],
    [rowOf('options'), 'Warm; Hot', 'Warm; Hot'],
    [rowOf('string', { labels: { Hot: 1 } }), 'Hot', 'Hot'],
    [parent, null, null],
  ])('of %j, %j, is %j in Dynamics', (row, golden, side) => {
    expect(project('dynamics', row, golden)).toBe(side);
  });

  it('may be none that a side can hold', () => {
    expect(project('dynamics', ratings, 'Boiling')).toBe(notRepresentable);
    expect(project('marketo', parent, null)).toBe(notRepresentable);
    expect(project('marketo', rowOf('decimal'), 'twelve')).toBe(notRepresentable);
    expect(project('marketo', rowOf('timestamp'), 'tomorrow')).toBe(notRepresentable);
    expect(notRepresentable.description).toBe('not representable');
  });
});

describe('what Dynamics shows', () => {
  const shown = (value: number, label: string | null) => ({ value, label });

  it.each<[MappingRow, FieldValue, Scalar, Scalar]>([
    [rowOf('string'), 'Lyon', 'Lyon', 'Lyon'],
    [rowOf('string'), null, null, null],
    [rowOf('integer'), 1, 1, 1],
    [rowOf('option'), shown(1, 'Boiling'), 1, 'Boiling'],
    [rowOf('option'), shown(1, null), 1, '1'],
    [rowOf('option', { optionSet: 'leadqualitycode' }), shown(1, 'Boiling'), 1, 'Boiling'],
    [rowOf('option', { optionSet: 'leadqualitycode' }), shown(1, null), 1, 'Hot'],
    [ratings, shown(1, 'Boiling'), 1, 'Hot'],
    [ratings, shown(7, 'Boiling'), 7, 'Boiling'],
    [ratings, 2, 2, 'Warm'],
    [ratings, 7, 7, '7'],
    [ratings, 'Warm', 'Warm', 'Warm'],
    [rowOf('options', { labels: { Hot: 1 } }), [shown(7, 'Odd'), shown(1, 'Boiling')], '1,7', 'Hot;7'],
    [parent, { id: 'account-1', table: 'account' }, 'account-1', 'account-1'],
    [parent, { id: 'account-1', table: null }, 'account-1', 'account-1'],
    [parent, { id: 'contact-1', table: 'contact' }, null, null],
    [parent, null, null, null],
    [parent, 'account-1', null, null],
    [parent, shown(1, 'account-1'), null, null],
  ])('for %j, %j, is %j and means %j', (row, value, side, golden) => {
    expect(read('dynamics', row, value)).toEqual({ side, golden });
  });
});

describe('what Marketo shows', () => {
  it.each<[GoldenType, Scalar, Scalar, Scalar]>([
    ['boolean', null, false, false],
    ['string', '', null, null],
    ['decimal', 12.5, 12.5, '12.5'],
    ['decimal', 0.1 + 0.2, 0.3, '0.3'],
    ['decimal', -100 / 3, -33.3333333333, '-33.3333333333'],
    ['decimal', 1e-12, 0, '0'],
    ['decimal', 123456789.12345678, 123456789.12345678, '123456789.12345678'],
    ['decimal', 1e22, 1e22, '10000000000000000000000'],
    ['decimal', null, null, null],
    ['integer', 12, 12, 12],
    ['options', ' b ;a; b', 'b;a', 'b;a'],
  ])('of the type %s, %j, is %j and means %j', (type, value, side, golden) => {
    expect(read('marketo', rowOf(type), value)).toEqual({ side, golden });
  });

  it.each<[GoldenType, string | null, Scalar]>([
    ['boolean', 'True', true],
    ['boolean', '1', true],
    ['boolean', 'false', false],
    ['boolean', '10', false],
    ['boolean', 'untrue', false],
    ['boolean', null, false],
    ['integer', '75', 75],
    ['integer', '', null],
    ['decimal', '12.50', 12.5],
    ['decimal', '-1e-3', -0.001],
    ['timestamp', '2026-11-21 10:00:00', '2026-11-21T10:00:00Z'],
    ['date', '2026-11-21', '2026-11-21'],
    ['date', '2026-11-21 00:00:00', '2026-11-21'],
    ['timestamp', '2026-11-21T11:00:00+01:00', '2026-11-21T10:00:00Z'],
    ['string', 'Lyon', 'Lyon'],
    ['string', '', null],
    ['option', 'Warm', 'Warm'],
    ['options', 'b; a', 'b;a'],
  ])('in its feed of the type %s, %j, is %j', (type, text, side) => {
    expect(readDisplay(rowOf(type), text).side).toBe(side);
  });
});

describe('a value', () => {
  it.each<[Scalar, boolean]>([
    [null, true],
    ['', true],
    [false, true],
    [0, false],
    [true, false],
    ['0', false],
  ])('%j is blank: %s', (value, verdict) => {
    expect(isBlank(value)).toBe(verdict);
  });

  const text = 'a'.repeat(30);

  it.each<[Scalar | undefined, Scalar, boolean]>([
    [`${text}b`, text, true],
    [text, text, false],
    [text, text.slice(1), false],
    [`b${text}`, text, false],
    [undefined, text, false],
    [`${text}b`, null, false],
  ])('of %j, a side may hold the beginning %j: %s', (whole, side, verdict) => {
    expect(isCutOf(whole, side)).toBe(verdict);
  });
});
