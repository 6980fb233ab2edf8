import type { ChangeEvent, DynamicsOutcome } from '@lockstep/change-events';
import { readingOf } from './absorbDynamics.ts';
import { isClosed } from './closedRow.ts';
import { isState } from './comeBack.ts';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import type { RowEnd } from './linkedRow.ts';
import { notRepresentable, project } from './projection.ts';
import { saying } from './troubles.ts';

type EndAnswer = {
  readonly row: DraftRow;
  readonly ends: RowEnd | 'merge';
  /** Of a merge, the row that carries on. */
  readonly into?: string | undefined;
  readonly written: DynamicsOutcome;
  readonly event: ChangeEvent | null;
};

/** What became of the end of a row. One that has moved on is judged anew; one that may not end waits, and is tried again. */
export function absorbEnd(draft: Draft, answer: EndAnswer): void {
  const { row, ends, written } = answer;
  switch (written.result) {
    case 'WRITTEN':
      return finish(draft, answer);
    case 'MISSING':
      row.missing = true;
      return finish(draft, answer);
    case 'STALE':
      return;
    case 'REFUSED':
      return ends === 'deactivate' && isClosed(written) ? finish(draft, answer) : wait(draft, answer);
  }
}

/** A row that we deleted is written no more until its delete is read; that we closed one is no edit of it. */
function finish(draft: Draft, { row, ends, into, event }: EndAnswer): void {
  if (ends === 'delete') row.missing = true;
  else if (ends === 'merge') row.mergedInto = into ?? '';
  else if (event) tellPerson(draft, row, event);
  delete row.ends;
}

/** As if the person had got it from us, since both sides agreed: whoever takes the row into use again edits it. */
function tellPerson(draft: Draft, row: DraftRow, event: ChangeEvent): void {
  const person = activeRow(draft.record, 'marketo');
  if (!person) return;
  for (const mapping of draft.context.mapping) {
    const reading = isState(mapping.columns[row.table]) ? readingOf(row, mapping, event) : null;
    const value = reading && project('marketo', mapping, reading.golden);
    if (value !== null && value !== notRepresentable)
      person.seen = { ...person.seen, [mapping.field]: { value, at: person.page, unconfirmed: true } };
  }
}

function wait({ record, context }: Draft, { ends, written }: EndAnswer): void {
  const said = written.code ?? 'DYNAMICS_REFUSED';
  const isOurs = said.startsWith('DYNAMICS');
  record.waiting = {
    ...{ cause: 'refused', code: isOurs ? said : 'DYNAMICS_REFUSED' },
    dueAtMs: context.nowMs + context.policy.parkedRetryMs,
    ...saying(isOurs ? written.detail : `${said}: ${written.detail ?? ''}`),
    ...(ends === 'delete' && { deletes: true }),
  };
}
