import { kafkaSettings, toContainerEnvironment, toProperties } from './kafkaSettings.ts';

const main = { name: 'PLAINTEXT', bind: ':9092', advertised: '127.0.0.1:41000' };
const internal = { name: 'INTERNAL', bind: ':19092', advertised: 'localhost:19092' };

describe('kafkaSettings', () => {
  it('gives a broker in a container an inner listener to reach itself by', () => {
    const settings = kafkaSettings('localhost:9093', main, internal);
    expect(settings).toMatchObject({
      listeners: 'PLAINTEXT://:9092,INTERNAL://:19092,CONTROLLER://localhost:9093',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:41000,INTERNAL://localhost:19092',
      'inter.broker.listener.name': 'INTERNAL',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    });
  });

  it('serves transactions on one broker and creates no topic by itself', () => {
    expect(kafkaSettings('localhost:9093', main)).toMatchObject({
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'auto.create.topics.enable': 'false',
      'inter.broker.listener.name': 'PLAINTEXT',
    });
  });

  it('writes the same settings as a file and as the environment of a container', () => {
    const settings = { 'node.id': '1', 'log.dirs': '/data' };
    expect(toProperties(settings)).toBe('node.id=1\nlog.dirs=/data\n');
    expect(toContainerEnvironment(settings)).toEqual({ KAFKA_NODE_ID: '1', KAFKA_LOG_DIRS: '/data' });
  });
});
