import { KafkaJSProtocolError, type Admin, type Kafka } from 'kafkajs';
import { leaseMembers } from './leaseMembers.ts';

/** A broker that loads its groups for so many questions; no real one can be made to. */
function loadingBroker(questions: number): Kafka {
  let asked = 0;
  const loading = { type: 'GROUP_LOAD_IN_PROGRESS', code: 14, retriable: true, message: 'loading', name: '' };
  const admin: Partial<Admin> = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    listGroups: () =>
      (asked += 1) > questions
        ? Promise.resolve({ groups: [] })
        : Promise.reject(new KafkaJSProtocolError(loading)),
  };
  return { admin: () => admin as Admin } as Kafka;
}

describe('the members of leases', () => {
  it('are asked for again while the broker loads its groups', async () => {
    await expect(leaseMembers(loadingBroker(2), 'tenant', 'extractor')).resolves.toEqual([]);
  });

  it('are not to be had from a broker that loads for ever', async () => {
    await expect(leaseMembers(loadingBroker(Infinity), 'tenant', 'extractor')).rejects.toMatchObject({
      code: 'KAFKA_UNREACHABLE',
    });
  });
});
