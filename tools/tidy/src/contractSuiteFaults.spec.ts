import { contractSuiteFaults } from './contractSuiteFaults.ts';

const port = {
  path: 'libs/ports/src/checkpointStore.ts',
  text: [
    'export type Checkpoint = {',
    '  readonly page: number;',
    '};',
    '',
    'export type CheckpointStore = {',
    '  load(source: string): Promise<Checkpoint>;',
    '};',
  ].join('\n'),
};
const suite = {
  path: 'libs/ports/src/checkpointStoreContract.ts',
  text: 'export function checkpointStoreContract(make: () => CheckpointStore): void {}',
};
const onDouble = {
  path: 'libs/ports/src/inMemoryCheckpointStore.spec.ts',
  text: 'checkpointStoreContract(inMemoryCheckpointStore);',
};
const onAdapter = {
  path: 'libs/kafka/src/checkpointStore.int.spec.ts',
  text: 'checkpointStoreContract(() => onKafka());',
};

describe('contractSuiteFaults', () => {
  it('is content when the suite runs on the double and on an adapter, and plain data needs none', () => {
    expect(contractSuiteFaults([port, suite, onDouble, onAdapter])).toEqual([]);
  });

  it('names a port without a suite', () => {
    expect(contractSuiteFaults([port])).toEqual(['The port CheckpointStore has no contract suite.']);
  });

  it('names a suite that does not run on both', () => {
    expect(contractSuiteFaults([port, suite])).toEqual([
      'checkpointStoreContract does not run against the in-memory double.',
      'checkpointStoreContract does not run against a real adapter.',
    ]);
  });

  it('does not pass when there is no port at all', () => {
    expect(contractSuiteFaults([])).toEqual(['libs/ports/src/ exports no port.']);
  });
});
