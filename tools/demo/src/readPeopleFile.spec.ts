import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoError } from './demoError.ts';
import { parsePeople, readPeopleFile } from './readPeopleFile.ts';

const header = 'First name,Last name,Email,Type';

describe('parsePeople', () => {
  it('reads friendly and Dynamics names, quotes and a byte order mark', () => {
    const text =
      '\ufeffFirst name,lastname,E-mail,Job Title,Type\r\n"Zoë ""Z""","Łukasik, Jr.",z@example.com,,contact\r\n';
    const { persons, badRows } = parsePeople(text);
    expect(badRows).toEqual([]);
    expect(persons).toMatchObject([
      {
        table: 'contact',
        row: {
          firstname: 'Zoë "Z"',
          lastname: 'Łukasik, Jr.',
          emailaddress1: 'z@example.com',
          jobtitle: null,
        },
      },
    ]);
  });

  it('lists every bad row with its line and reason and takes the rest', () => {
    const { persons, badRows } = parsePeople(
      [
        header,
        'Ada,Lovelace,ada@example.com,lead',
        'Grace,Hopper,grace@example.com',
        'Alan,,alan@example.com,lead',
        'Edsger,Dijkstra,edsger.example.com,lead',
        'Barbara,Liskov,barbara@example.com,account',
        `${'x'.repeat(51)},Knuth,don@example.com,lead`,
        'Other,Lovelace,ADA@example.com,lead',
        'Niklaus,Wirth,niklaus@example.com,contact',
      ].join('\n'),
    );
    expect(badRows).toEqual([
      { line: 3, reason: '3 columns instead of 4' },
      { line: 4, reason: 'lastname is empty' },
      { line: 5, reason: 'emailaddress1 is not an email address that Marketo takes' },
      { line: 6, reason: 'type is neither lead nor contact' },
      { line: 7, reason: 'firstname is longer than 50 characters' },
      { line: 8, reason: 'emailaddress1 is used by somebody else' },
    ]);
    expect(persons.map(({ row }) => row['lastname'])).toEqual(['Lovelace', 'Wirth']);
  });

  it('counts lines, not rows, when a quoted cell spans several', () => {
    const { badRows } = parsePeople('Last name,Notes,Type\nA,"one\ntwo\nthree",lead\nB,,nobody\n');
    expect(badRows).toEqual([{ line: 5, reason: 'type is neither lead nor contact' }]);
  });

  it('refuses an address that the demo itself uses', () => {
    const { badRows } = parsePeople(`${header}\nAda,Lovelace,ada@example.com,lead`, ['ada@example.com']);
    expect(badRows).toEqual([{ line: 2, reason: 'emailaddress1 is used by somebody else' }]);
  });

  it('refuses a value that contacts have no column for', () => {
    const { persons, badRows } = parsePeople(
      'Last name,Company,Type\nA,Acme,contact\nB,,contact\nC,Acme,lead\n',
    );
    expect(badRows).toEqual([{ line: 2, reason: 'companyname is a column of leads' }]);
    expect(persons.map(({ row: { createdon: _, ...row } }) => row)).toEqual([
      { lastname: 'B' },
      { lastname: 'C', companyname: 'Acme' },
    ]);
  });

  // The verdict called the product out of step for what Marketo does not take.
  it('leaves out what Dynamics takes and Marketo does not', () => {
    const topic = 'x'.repeat(256);
    const lines = ['A,é@example.com,', 'B,b@exämple.com,', 'C,<c@example.com>,', `D,d@example.com,${topic}`];
    const { persons, badRows } = parsePeople(['Last name,Email,Topic', ...lines].join('\n'));

    expect(persons).toEqual([]);
    expect(badRows.map(({ reason }) => reason)).toEqual([
      'emailaddress1 is not an email address that Marketo takes',
      'emailaddress1 is not an email address that Marketo takes',
      'emailaddress1 is not an email address that Marketo takes',
      'subject is longer than 255 characters',
    ]);
  });

  it('gives the same rows the same ids', () => {
    const text = `${header}\nAda,Lovelace,ada@example.com,lead`;
    expect(parsePeople(text).persons[0]?.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(parsePeople(text)).toEqual(parsePeople(text));
  });

  it('names unknown columns of the header, and a missing last name', () => {
    expect(() => parsePeople('Last name,Shoe size\n')).toThrow(
      'PEOPLE_FILE: unknown columns in the header: Shoe size',
    );
    expect(() => parsePeople('Email\n')).toThrow('PEOPLE_FILE: the header has no column for the last name');
  });

  it('refuses two columns that mean the same, of which one would be lost', () => {
    expect(() => parsePeople('Last name,Title,Job title\nA,x,y\n')).toThrow(
      'PEOPLE_FILE: two columns of the header are jobtitle',
    );
  });

  it('says what parts columns, and which has no name', () => {
    expect(() => parsePeople('First name;Last name\nA;B\n')).toThrow('columns are parted by commas');
    expect(() => parsePeople('First name\tLast name\nA\tB\n')).toThrow('columns are parted by commas');
    expect(() => parsePeople('Last name,\nA,\n')).toThrow('unknown columns in the header: (no name)');
  });

  // It was read as "J�rgen", and written so to both sides.
  it('refuses a file that is not UTF-8', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-people-'));
    const path = join(folder, 'people.csv');
    await writeFile(path, Buffer.from('First name,Last name\nJürgen,Ott\n', 'latin1'));

    await expect(readPeopleFile(path, [])).rejects.toThrow(`${path} is not UTF-8`);
    await rm(folder, { recursive: true });
  });

  it('says that a file is no CSV, or cannot be read', async () => {
    expect(() => parsePeople('Last name\n"unclosed')).toThrow(DemoError);
    await expect(readPeopleFile('no-such-file.csv', [])).rejects.toThrow(
      'no-such-file.csv cannot be read (ENOENT)',
    );
  });
});
